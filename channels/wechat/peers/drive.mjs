// Plays the platform with two independent implementations of its encryption:
// seals callbacks, posts them, opens the answers. Reads its settings as JSON
// from standard input and prints one line a check: "ok NAME" or "not ok NAME: why".
import { encrypt, decrypt, getSignature } from '@wecom/crypto';
import WXBizMsgCrypt from 'wechat-crypto';

const settings = JSON.parse(await new Promise((resolve) => {
  let text = '';
  process.stdin.on('data', (chunk) => { text += chunk; }).on('end', () => resolve(text));
}));
const { url, token, key, previousKey, appid, now } = settings;

const peers = {
  '@wecom/crypto': {
    seal: (message, k = key, id = appid) => encrypt(k, message, id),
    open: (sealed, k = key) => decrypt(k, sealed),
    sign: (...args) => getSignature(token, ...args),
  },
  'wechat-crypto': {
    seal: (message, k = key, id = appid) => new WXBizMsgCrypt(token, k, id).encrypt(message),
    open: (sealed, k = key) => new WXBizMsgCrypt(token, k, appid).decrypt(sealed),
    sign: (...args) => new WXBizMsgCrypt(token, key, appid).getSignature(...args),
  },
};

let serial = 4561255354251340000n;
const text = (content, id = ++serial) => `<xml><ToUserName><![CDATA[gh_test]]></ToUserName>
<FromUserName><![CDATA[oPeer]]></FromUserName><CreateTime>${now}</CreateTime>
<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[${content}]]></Content><MsgId>${id}</MsgId></xml>`;

async function post(peer, message, { timestamp = now, k, id, sealed, signature, query = {}, without = [], body } = {}) {
  const nonce = String(Math.floor(Math.random() * 1e10));
  sealed ??= peer.seal(message, k, id);
  const q = new URLSearchParams({
    signature: peer.sign(String(timestamp), nonce, ''), timestamp, nonce, openid: 'oPeer', encrypt_type: 'aes',
    msg_signature: signature ?? peer.sign(String(timestamp), nonce, sealed), ...query,
  });
  without.forEach((name) => q.delete(name));
  body ??= `<xml>\n    <ToUserName><![CDATA[gh_test]]></ToUserName>\n    <Encrypt><![CDATA[${sealed}]]></Encrypt>\n</xml>\n`;
  const response = await fetch(`${url}?${q}`, { method: 'POST', headers: { 'Content-Type': 'text/xml' }, body });
  return { status: response.status, body: await response.text() };
}

function field(xml, name) {
  const cdata = xml.match(new RegExp(`<${name}>((?:<!\\[CDATA\\[[\\s\\S]*?\\]\\]>)+)</${name}>`));
  if (cdata) return cdata[1].replace(/<!\[CDATA\[([\s\S]*?)\]\]>/g, '$1');
  return xml.match(new RegExp(`<${name}>([^<]*)</${name}>`))?.[1];
}

function expect(is, wanted, what) {
  if (is !== wanted) throw new Error(`${what} is ${JSON.stringify(is)}, want ${JSON.stringify(wanted)}`);
}

// checkReply opens a reply with both implementations.
function checkReply(answer, content, k = key) {
  expect(answer.status, 200, 'status');
  const sealed = field(answer.body, 'Encrypt');
  for (const [name, peer] of Object.entries(peers)) {
    const signature = peer.sign(field(answer.body, 'TimeStamp'), field(answer.body, 'Nonce'), sealed);
    expect(field(answer.body, 'MsgSignature'), signature, `${name}: MsgSignature`);
    const { message, id } = peer.open(sealed, k);
    expect(id, appid, `${name}: appid`);
    expect(field(message, 'Content'), content, `${name}: Content`);
    expect(field(message, 'ToUserName'), 'oPeer', `${name}: ToUserName`);
    expect(field(message, 'FromUserName'), 'gh_test', `${name}: FromUserName`);
    expect(field(message, 'MsgType'), 'text', `${name}: MsgType`);
  }
}

function checkForged(answer) {
  expect(answer.status, 403, 'status');
  expect(answer.body, '', 'body');
}

async function check(name, body) {
  try {
    await body();
    console.log(`ok ${name}`);
  } catch (e) {
    console.log(`not ok ${name}: ${e.message}`);
    process.exitCode = 1;
  }
}

for (const [name, peer] of Object.entries(peers)) {
  for (const words of ['你好', '12月1日 😀 <a & b>', 'x'.repeat(1500), '短']) {
    await check(`${name}: ${words.slice(0, 12)} is read and answered`, async () => {
      checkReply(await post(peer, text(words)), `回声：${words}`);
    });
  }
  await check(`${name}: a repeat is answered alike`, async () => {
    const message = text('再说一遍');
    checkReply(await post(peer, message), '回声：再说一遍');
    checkReply(await post(peer, message), '回声：再说一遍');
  });
  await check(`${name}: an answer with ]]> in it arrives whole`, async () => {
    checkReply(await post(peer, text('cdata')), '回声：]]> ]]]]>> <![CDATA[');
  });
  await check(`${name}: the previous key opens and seals`, async () => {
    checkReply(await post(peer, text('旧密钥'), { k: previousKey }), '回声：旧密钥', previousKey);
  });
  await check(`${name}: without an answer it is acknowledged`, async () => {
    const answer = await post(peer, text('安静'));
    expect(answer.status, 200, 'status');
    expect(answer.body, 'success', 'body');
  });

  await check(`${name}: changed cipher text`, async () => {
    const sealed = peer.seal(text('伪造'));
    const changed = sealed.slice(0, 40) + (sealed[40] === 'A' ? 'B' : 'A') + sealed.slice(41);
    checkForged(await post(peer, '', { sealed, body: `<xml><Encrypt><![CDATA[${changed}]]></Encrypt></xml>` }));
  });
  await check(`${name}: another appid`, async () => checkForged(await post(peer, text('伪造'), { id: 'wxffffffffffffffff' })));
  await check(`${name}: another key`, async () => checkForged(await post(peer, text('伪造'), { k: 'z'.repeat(42) + 'A' })));
  await check(`${name}: wrong signature`, async () => checkForged(await post(peer, text('伪造'), { signature: '0'.repeat(40) })));
  await check(`${name}: no signature`, async () => checkForged(await post(peer, text('伪造'), { without: ['msg_signature'] })));
  await check(`${name}: an old recording`, async () => checkForged(await post(peer, text('伪造'), { timestamp: now - 301 })));
  await check(`${name}: no encrypt_type`, async () => checkForged(await post(peer, '', { sealed: '', without: ['encrypt_type'], body: text('伪造') })));
  await check(`${name}: plain text called sealed`, async () => checkForged(await post(peer, '', { sealed: '', body: text('伪造') })));

  await check(`${name}: the address is verified`, async () => {
    const nonce = '1514711492';
    const q = new URLSearchParams({ signature: peer.sign(String(now), nonce, ''), timestamp: now, nonce, echostr: '4375120948345356249' });
    const good = await fetch(`${url}?${q}`);
    expect(good.status, 200, 'status');
    expect(await good.text(), '4375120948345356249', 'echostr');
    q.set('nonce', '1');
    expect((await fetch(`${url}?${q}`)).status, 403, 'status of a forged one');
  });
}

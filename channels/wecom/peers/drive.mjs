// Plays WeCom with an independent implementation of its encryption: seals
// callbacks in XML and JSON, posts them, opens the answers. Reads its settings
// as JSON from standard input and prints one line a check: "ok NAME" or
// "not ok NAME: why".
import { encrypt, decrypt, getSignature } from '@wecom/crypto';

const settings = JSON.parse(await new Promise((resolve) => {
  let text = '';
  process.stdin.on('data', (chunk) => { text += chunk; }).on('end', () => resolve(text));
}));
const { url, token, key, previousKey, corpid, now } = settings;

let serial = 7000000000000000000n;
const cdata = (text) => `<![CDATA[${text}]]>`;

// formats write a document and its envelope, and read an answer's.
const formats = {
  XML: {
    type: 'text/xml',
    write: (fields) => `<xml>${Object.entries(fields).map(([name, value]) => `<${name}>${cdata(value)}</${name}>`).join('\n')}</xml>`,
    envelope: (sealed) => `<xml><ToUserName>${cdata(corpid)}</ToUserName><AgentID>${cdata('1000002')}</AgentID><Encrypt>${cdata(sealed)}</Encrypt></xml>`,
    opened: (body) => ({ sealed: field(body, 'Encrypt'), signature: field(body, 'MsgSignature'), timestamp: field(body, 'TimeStamp'), nonce: field(body, 'Nonce') }),
    read: field,
  },
  JSON: {
    type: 'application/json',
    write: (fields) => JSON.stringify(fields),
    envelope: (sealed) => JSON.stringify({ ToUserName: corpid, AgentID: '1000002', Encrypt: sealed }),
    opened: (body) => {
      const { encrypt: sealed, msgsignature, timestamp, nonce } = JSON.parse(body);
      return { sealed, signature: msgsignature, timestamp, nonce };
    },
    read: (message, name) => JSON.parse(message)[name],
  },
};

function field(xml, name) {
  const sections = xml.match(new RegExp(`<${name}>((?:<!\\[CDATA\\[[\\s\\S]*?\\]\\]>)+)</${name}>`));
  if (sections) return sections[1].replace(/<!\[CDATA\[([\s\S]*?)\]\]>/g, '$1');
  return xml.match(new RegExp(`<${name}>([^<]*)</${name}>`))?.[1];
}

const text = (format, content) => format.write({
  ToUserName: corpid, FromUserName: 'ZhangSan', CreateTime: String(now), MsgType: 'text', Content: content, MsgId: String(++serial), AgentID: '1000002',
});

const tap = (format, eventKey) => format.write({
  ToUserName: corpid, FromUserName: 'ZhangSan', CreateTime: String(now), MsgType: 'event', Event: 'template_card_event',
  EventKey: eventKey, TaskId: `task-${++serial}`, CardType: 'button_interaction', ResponseCode: `code of ${eventKey}`, AgentID: '1000002',
});

async function post(format, message, { timestamp = now, k = key, id = corpid, signature, without = [], body } = {}) {
  const nonce = String(Math.floor(Math.random() * 1e10));
  const sealed = encrypt(k, message, id);
  const q = new URLSearchParams({ msg_signature: signature ?? getSignature(token, String(timestamp), nonce, sealed), timestamp, nonce });
  without.forEach((name) => q.delete(name));
  const response = await fetch(`${url}?${q}`, { method: 'POST', headers: { 'Content-Type': format.type }, body: body ?? format.envelope(sealed) });
  return { status: response.status, body: await response.text() };
}

function expect(is, wanted, what) {
  if (is !== wanted) throw new Error(`${what} is ${JSON.stringify(is)}, want ${JSON.stringify(wanted)}`);
}

// checkReply opens an answer and looks at one of its fields.
function checkReply(format, answer, type, name, wanted, k = key) {
  expect(answer.status, 200, 'status');
  const reply = format.opened(answer.body);
  expect(reply.signature, getSignature(token, String(reply.timestamp), reply.nonce, reply.sealed), 'signature');
  const { message, id } = decrypt(k, reply.sealed);
  expect(id, corpid, 'corpid');
  expect(format.read(message, 'ToUserName'), 'ZhangSan', 'ToUserName');
  expect(format.read(message, 'FromUserName'), corpid, 'FromUserName');
  expect(format.read(message, 'MsgType'), type, 'MsgType');
  expect(format.read(message, name), wanted, name);
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

for (const [name, format] of Object.entries(formats)) {
  for (const words of ['你好', '12月1日 😀 <a & b>', 'x'.repeat(1500)]) {
    await check(`${name}: ${words.slice(0, 12)} is read and answered`, async () => {
      checkReply(format, await post(format, text(format, words)), 'text', 'Content', `回声：${words}`);
    });
  }
  await check(`${name}: the previous key opens and seals`, async () => {
    checkReply(format, await post(format, text(format, '旧密钥'), { k: previousKey }), 'text', 'Content', '回声：旧密钥', previousKey);
  });
  await check(`${name}: without an answer it is acknowledged`, async () => {
    const answer = await post(format, text(format, '安静'));
    expect(answer.status, 200, 'status');
    expect(answer.body, '', 'body');
  });
  await check(`${name}: a tap is read and acknowledged`, async () => {
    const eventKey = new URLSearchParams({ id: 'confirm:2026-12-01', text: '点了可以', label: '可以' }).toString();
    const answer = await post(format, tap(format, eventKey));
    expect(answer.status, 200, 'status');
    expect(answer.body, '', 'body');
  });
  const forged = text(format, '伪造');
  await check(`${name}: another company`, async () => checkForged(await post(format, forged, { id: 'wwffffffffffffffff' })));
  await check(`${name}: another key`, async () => checkForged(await post(format, forged, { k: 'z'.repeat(42) + 'A' })));
  await check(`${name}: wrong signature`, async () => checkForged(await post(format, forged, { signature: '0'.repeat(40) })));
  await check(`${name}: no signature`, async () => checkForged(await post(format, forged, { without: ['msg_signature'] })));
  await check(`${name}: an old recording`, async () => checkForged(await post(format, forged, { timestamp: now - 301 })));
  await check(`${name}: plain`, async () => checkForged(await post(format, forged, { body: forged })));
}

await check('the address is verified', async () => {
  const nonce = '1514711492';
  const sealed = encrypt(key, '4375120948345356249', corpid);
  const q = new URLSearchParams({ msg_signature: getSignature(token, String(now), nonce, sealed), timestamp: now, nonce, echostr: sealed });
  const good = await fetch(`${url}?${q}`);
  expect(good.status, 200, 'status');
  expect(await good.text(), '4375120948345356249', 'echostr');
  q.set('nonce', '1');
  expect((await fetch(`${url}?${q}`)).status, 403, 'status of a forged one');
});

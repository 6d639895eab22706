// Drives the simulator with wechat-api, a client of the official account
// platform by other hands, and prints what it got, as JSON.
//
//   node wechat-api.mjs ENDPOINT APPID SECRET OPENID TEMPLATE PICTURE
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

const require = createRequire(import.meta.url);
const WechatAPI = require('wechat-api');
const jsQR = require('jsqr');
const { PNG } = require('pngjs');

const [endpoint, appID, secret, openID, template, picture] = process.argv.slice(2);
const api = new WechatAPI(appID, secret);
api.endpoint = endpoint;
const call = (name, ...args) => promisify(api[name]).apply(api, args);

// Errors are part of what is reported: {code}.
const attempt = (name, ...args) => call(name, ...args).catch((err) => ({ code: err.code ?? err.name }));

const out = {};
out.token = (await call('getAccessToken')).accessToken.length;
out.template = await call('sendTemplate', openID, template, 'https://bank.example/i/1', {
  thing1: { value: '客户经理' },
  phrase2: { value: '已通过' },
  character_string3: { value: 'R-2026-0001' },
  time4: { value: '2026年3月2日 09:00' },
});
out.badTemplate = await attempt('sendTemplate', openID, template, '', { thing1: { value: 'x' } });
out.text = await call('sendText', openID, '你好，安娜');
out.nobody = await attempt('sendText', 'oNobody', '?');

const qr = await call('createTmpQRCode', 'nonce-7', 600);
out.qr = qr;
const image = Buffer.from(await (await fetch(`${endpoint}/cgi-bin/showqrcode?ticket=${encodeURIComponent(qr.ticket)}`)).arrayBuffer());
const png = PNG.sync.read(image);
out.qrReads = jsQR(new Uint8ClampedArray(png.data), png.width, png.height)?.data;

await call('createMenu', { button: [{ type: 'click', name: '我的面试', key: 'MY' }] });
out.menu = await call('getMenu');
await call('removeMenu');
out.noMenu = await attempt('getMenu');

const media = await call('uploadMedia', picture, 'image');
out.media = media;
const back = await call('getMedia', media.media_id);
out.mediaSame = back.equals(readFileSync(picture));
out.badMedia = await attempt('getMedia', 'no-such-media');

out.user = await call('getUser', openID);
out.ip = await call('getIp');
out.ticket = (await call('getLatestTicket')).ticket.length;

process.stdout.write(JSON.stringify(out));
process.exit(0);

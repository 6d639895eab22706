// Serves a callback URL with co-wechat, a callback server by other hands, and
// answers each text with the same text after "回声：" (without "]]>", which it
// does not escape). Prints its port, then one line of JSON for each message it
// understood.
//
//   node co-wechat.mjs TOKEN APPID ENCODINGAESKEY
import { createRequire } from 'node:module';
import http from 'node:http';

const require = createRequire(import.meta.url);
const wechat = require('co-wechat');

const [token, appid, encodingAESKey] = process.argv.slice(2);
const answer = wechat({ token, appid, encodingAESKey }).middleware(async (message) => {
  console.log(JSON.stringify(message));
  return message.MsgType === 'text' ? `回声：${message.Content.replaceAll(']]>', '')}` : '';
});

// co-wechat wants a koa context; this is as much of one as it uses.
const server = http.createServer(async (req, res) => {
  const query = Object.fromEntries(new URL(req.url, 'http://localhost').searchParams);
  const ctx = {
    method: req.method, query, req, res, status: 200, body: '', type: 'text/plain',
    request: { length: Number(req.headers['content-length']) || undefined, charset: 'utf-8' },
  };
  try {
    await answer(ctx);
  } catch (err) {
    ctx.status = 500;
    ctx.body = String(err);
  }
  res.writeHead(ctx.status, { 'Content-Type': ctx.type });
  res.end(ctx.body);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.resume().on('end', () => process.exit(0));

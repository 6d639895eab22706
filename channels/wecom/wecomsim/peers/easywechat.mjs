// Drives the simulator with node-easywechat, a client of WeCom by other hands,
// and prints what it got, as JSON.
//
//   node easywechat.mjs ENDPOINT CORPID AGENTID SECRET USERID OPENKFID CUSTOMER
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { Work } = require('node-easywechat');
const FormData = require('form-data');

const [endpoint, corpID, agentID, secret, user, openKfID, customer] = process.argv.slice(2);
const config = { corp_id: corpID, secret, token: 'token', aes_key: 'A'.repeat(43), http: { baseURL: `${endpoint}/` } };
const app = new Work(config);
// The client's own cache is a file, which would outlive the simulator.
const kept = new Map();
app.setCache({
  get: async (id, otherwise = null) => kept.get(id) ?? otherwise,
  set: async (id, data) => { kept.set(id, data); return true; },
  has: async (id) => kept.has(id),
  delete: async (id) => kept.delete(id),
});
const client = app.getClient();

const post = async (path, json) => (await client.postJson(`cgi-bin/${path}`, json)).toObject();

const out = {};
out.token = (await app.getAccessToken().getToken()).length;
out.text = await post('message/send', { touser: user, msgtype: 'text', agentid: Number(agentID), text: { content: '你好，<李四> & 同事' } });
out.nobody = await post('message/send', { touser: 'nobody', msgtype: 'text', agentid: Number(agentID), text: { content: '?' } });
out.card = await post('message/send', {
  touser: user, msgtype: 'template_card', agentid: Number(agentID), template_card: {
    card_type: 'button_interaction', main_title: { title: '可以入职吗？' }, task_id: 'task-1',
    button_list: [{ text: '可以', style: 1, key: 'yes' }, { text: '不行', style: 2, key: 'no' }],
  },
});
out.update = await post('message/update_template_card', {
  userids: [user], agentid: Number(agentID), response_code: out.card.response_code, button: { replace_name: '已选择可以' },
});
out.again = await post('message/update_template_card', {
  userids: [user], agentid: Number(agentID), response_code: out.card.response_code, button: { replace_name: '再次' },
});

const form = new FormData();
form.append('media', Buffer.from('%PDF-1.7 contract'), { filename: 'contract.pdf', contentType: 'application/pdf' });
out.media = (await client.request('POST', 'cgi-bin/media/upload', { params: { type: 'file' }, data: form })).toObject();
out.file = await post('message/send', { touser: user, msgtype: 'file', agentid: Number(agentID), file: { media_id: out.media.media_id } });

out.accounts = await post('kf/account/list', { offset: 0, limit: 100 });
out.link = await post('kf/add_contact_way', { open_kfid: openKfID, scene: 'peer' });
out.page = await post('kf/sync_msg', { open_kfid: openKfID, limit: 1000 });
out.state = await post('kf/service_state/get', { open_kfid: openKfID, external_userid: customer });
out.trans = await post('kf/service_state/trans', { open_kfid: openKfID, external_userid: customer, service_state: 1 });
out.kf = await post('kf/send_msg', {
  touser: customer, open_kfid: openKfID, msgid: 'peer_0001', msgtype: 'msgmenu',
  msgmenu: { head_content: '请选择', list: [{ type: 'click', click: { id: 'go', content: '查看结果' } }] },
});
out.customers = await post('kf/customer/batchget', { external_userid_list: [customer] });

process.stdout.write(JSON.stringify(out));
process.exit(0);

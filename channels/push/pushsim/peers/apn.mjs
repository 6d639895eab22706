// Sends notifications by @parse/node-apn and prints what became of each.
import apn from '@parse/node-apn'
import { readFileSync } from 'node:fs'

const o = JSON.parse(readFileSync(0, 'utf8'))

function provider(keyId) {
  return new apn.Provider({
    address: o.address, port: o.port, ca: o.ca, production: true, connectionRetryLimit: 1,
    token: { key: Buffer.from(o.key), keyId, teamId: o.teamId },
  })
}

const client = provider(o.keyId)
const out = {}

for (const step of o.steps) {
  const note = new apn.Notification()
  note.topic = step.topic ?? o.topic
  note.pushType = 'alert'
  note.priority = 10
  note.expiry = Math.floor(Date.now() / 1000) + 3600
  note.collapseId = step.collapse ?? ''
  note.alert = { title: '示例银行招聘', body: step.body ?? '您的应聘有新进展' }
  note.payload = { jiebao: { message: step.name } }
  const stranger = step.keyId ? provider(step.keyId) : undefined
  const result = await (stranger ?? client).send(note, step.token)
  await stranger?.shutdown()
  const failed = result.failed[0]
  out[step.name] = failed
    ? { status: Number(failed.status), reason: failed.response?.reason, timestamp: failed.response?.timestamp, error: failed.error?.message }
    : { sent: result.sent.length }
}

await client.shutdown()
console.log(JSON.stringify(out))

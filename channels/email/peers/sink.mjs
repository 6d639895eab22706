// A mail server (smtp-server) whose mail is read by mailparser, and whose
// invitations are read by ical.js. Its settings come as one line of JSON on
// standard input; the port and then every mail go out as lines of JSON. It ends
// when standard input does.
import { createInterface } from 'node:readline'
import { SMTPServer } from 'smtp-server'
import { simpleParser } from 'mailparser'
import ICAL from 'ical.js'

const say = (what) => process.stdout.write(JSON.stringify(what) + '\n')
const refusal = (responseCode, text) => Object.assign(new Error(text), { responseCode })
const refused = { busy: refusal(451, '4.7.1 greylisted'), nobody: refusal(550, '5.1.1 unknown') }

function invitation(text) {
  const calendar = new ICAL.Component(ICAL.parse(text))
  const event = new ICAL.Event(calendar.getFirstSubcomponent('vevent'))
  return {
    method: calendar.getFirstPropertyValue('method'), uid: event.uid, sequence: event.sequence, summary: event.summary,
    location: event.location, description: event.description, organizer: event.organizer,
    organizerName: event.component.getFirstProperty('organizer').getParameter('cn'),
    attendees: event.attendees.map((a) => a.getFirstValue()), start: event.startDate.toString(), end: event.endDate.toString(),
    wholeDay: event.startDate.isDate, status: event.component.getFirstPropertyValue('status'),
  }
}

// structure is the tree of types, by mailparser's own reading of the source.
function structure(raw) {
  return [...raw.matchAll(/^Content-Type: ([a-z]+\/[a-z]+)/gim)].map((m) => m[1])
}

async function report(raw, session) {
  const mail = await simpleParser(raw)
  const files = mail.attachments.map((a) => ({ name: a.filename, type: a.contentType, disposition: a.contentDisposition, text: a.content.toString() }))
  say({
    mail: {
      from: mail.from.value[0], to: mail.to.value[0].address, replyTo: mail.replyTo.value[0].address, subject: mail.subject, date: mail.date,
      id: mail.messageId, inReplyTo: mail.inReplyTo, references: mail.references, text: mail.text, html: mail.html,
      list: mail.headers.get('list'), autoSubmitted: mail.headers.get('auto-submitted'), structure: structure(raw.toString()),
      files: files.map(({ name, type, disposition }) => ({ name, type, disposition })),
      invitations: files.filter((f) => /calendar|ics/.test(f.type)).map((f) => invitation(f.text)),
      secure: session.secure, user: session.user, envelope: session.envelope.rcptTo[0].address,
    },
  })
}

const input = createInterface({ input: process.stdin })
input.once('line', (line) => {
  const { key, cert, user, password } = JSON.parse(line)
  const server = new SMTPServer({
    key, cert, authMethods: ['PLAIN', 'LOGIN'], logger: false,
    onAuth: (auth, _, done) => (auth.username === user && auth.password === password ? done(null, { user }) : done(new Error('wrong'))),
    onRcptTo: ({ address }, _, done) => done(refused[address.split('@')[0]]),
    onData: (stream, session, done) => {
      const chunks = []
      stream.on('data', (c) => chunks.push(c))
      stream.on('end', () => report(Buffer.concat(chunks), session).then(() => done(), (err) => (say({ error: String(err) }), done(err))))
    },
  })
  server.on('error', () => {}) // a client that goes away
  server.listen(0, '127.0.0.1', () => say({ port: server.server.address().port }))
  input.once('close', () => process.exit(0))
})

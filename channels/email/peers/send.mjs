// A mail client (nodemailer) that sends one mail to the simulated server. Its
// settings come as JSON on standard input; what the server said goes out as
// JSON.
import { text } from 'node:stream/consumers'
import nodemailer from 'nodemailer'

const { port, ca, user, pass, mail } = JSON.parse(await text(process.stdin))
const client = nodemailer.createTransport({
  host: '127.0.0.1', port, requireTLS: true, auth: { user, pass }, tls: { ca, servername: 'localhost' },
})
try {
  const { accepted, rejected, response } = await client.sendMail(mail)
  console.log(JSON.stringify({ accepted, rejected, response }))
} catch (err) {
  console.log(JSON.stringify({ code: err.responseCode ?? err.code, command: err.command, response: err.response }))
}
client.close()

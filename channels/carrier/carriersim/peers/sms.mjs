// Sends text messages through the simulators with the providers' own libraries.
import OpenApi, * as openapi from '@alicloud/openapi-client'
import tencent from 'tencentcloud-sdk-nodejs-sms'

const given = JSON.parse(await new Response(process.stdin).text())
const check = (name, holds, seen) => console.log(holds ? `ok ${name}` : `not ok ${name}: ${JSON.stringify(seen)}`)
const host = new URL(given.url).host

const params = (action) => new openapi.Params({
	action, version: '2017-05-25', protocol: 'HTTP', method: 'POST', authType: 'AK', style: 'RPC',
	pathname: '/', reqBodyType: 'formData', bodyType: 'json',
})
const Client = OpenApi.default ?? OpenApi
const aliyun = (secret) => new Client(new openapi.Config({
	accessKeyId: given.aliyun.key, accessKeySecret: secret, endpoint: host, protocol: 'HTTP',
}))
const runtime = { autoretry: false, readTimeout: 5000, connectTimeout: 5000, toMap: () => ({}) }
const sms = (client, change) => client.callApi(params('SendSms'), new openapi.OpenApiRequest({ query: {
	PhoneNumbers: given.phone, SignName: given.sign, TemplateCode: 'SMS_1', TemplateParam: JSON.stringify({ name: '李四 (~!*\')+' }), OutId: 'c-1', ...change,
} }), runtime)

const sent = await sms(aliyun(given.aliyun.secret), {})
check('Aliyun sends', sent.body.Code === 'OK' && sent.body.BizId, sent.body)
const unfiled = await sms(aliyun(given.aliyun.secret), { SignName: '别家' })
check('Aliyun knows a sign that is not filed', unfiled.body.Code === 'isv.SMS_SIGNATURE_ILLEGAL', unfiled.body)
await sms(aliyun('wrong'), {}).then(
	(a) => check('Aliyun refuses a wrong secret', false, a.body),
	(e) => check('Aliyun refuses a wrong secret', e.code === 'SignatureDoesNotMatch', e))
const call = await aliyun(given.aliyun.secret).callApi(params('SingleCallByTts'), new openapi.OpenApiRequest({ query: {
	CalledNumber: given.phone, TtsCode: 'TTS_1', TtsParam: JSON.stringify({ name: '李四' }), PlayTimes: 2, OutId: 'c-2!',
} }), runtime)
check('Aliyun calls', call.body.Code === 'OK' && call.body.CallId, call.body)

const client = (secretKey) => new tencent.sms.v20210111.Client({
	credential: { secretId: given.tencent.id, secretKey }, region: 'ap-guangzhou',
	profile: { httpProfile: { endpoint: host, protocol: 'http://' } },
})
const message = (change) => ({
	PhoneNumberSet: ['+86' + given.phone], SmsSdkAppId: given.tencent.app, SignName: given.sign, TemplateId: '101',
	TemplateParamSet: ['李四'], SessionContext: 'c-3', ...change,
})
const first = await client(given.tencent.secret).SendSms(message({}))
check('Tencent Cloud sends', first.SendStatusSet[0].Code === 'Ok' && first.SendStatusSet[0].SessionContext === 'c-3', first)
const again = await client(given.tencent.secret).SendSms(message({}))
check('Tencent Cloud holds to its limits', again.SendStatusSet[0].Code === 'LimitExceeded.PhoneNumberThirtySecondLimit', again)
const listed = await client(given.tencent.secret).DescribeSmsTemplateList({ International: 0, TemplateIdSet: [101] })
check('Tencent Cloud lists templates', listed.DescribeTemplateStatusSet[0].StatusCode === 0, listed)
await client('wrong').SendSms(message({})).then(
	(a) => check('Tencent Cloud refuses a wrong secret', false, a),
	(e) => check('Tencent Cloud refuses a wrong secret', e.code === 'AuthFailure.SignatureFailure', e))

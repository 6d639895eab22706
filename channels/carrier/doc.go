// Package carrier is what the adapters for text messages and for calls share:
// how a request to a provider is watched (watch.go), how a provider's callback
// that nobody signs is trusted (guard.go), how a provider in trouble is passed
// over (breaker.go), how refusals are put (refuse.go) and how phone numbers
// are written (phone.go).
//
// Package carrier/aliyun adds what is Alibaba Cloud's; package carriersim is
// what the simulators of such providers share, and nothing of the above.
//
// Imports: the standard library, conversations and channels.
package carrier

package config

import "time"

// Audit is the log of what people and systems do.
type Audit struct {
	// Keep is how long its entries are kept; 0 is for ever.
	Keep time.Duration `koanf:"keep"`
}

// leastAudit is six months, the least that article 21 of the Cybersecurity Law
// of the People's Republic of China (《中华人民共和国网络安全法》第二十一条) asks
// of network logs.
const leastAudit = 184 * 24 * time.Hour

func defaultAudit() Audit { return Audit{Keep: 5 * 366 * 24 * time.Hour} }

func (a Audit) check(c *checker) {
	c.must(a.Keep == 0 || a.Keep >= leastAudit, "audit.keep", "must be 4416h, which is six months, or more; or 0s, for ever")
}

package config

// Unconfigured says what cannot work, or works in a lesser way, because
// nothing is configured for it; one sentence each, for the log of the start.
func (cfg Config) Unconfigured() []string {
	var missing []string
	note := func(absent bool, sentence string) {
		if absent {
			missing = append(missing, sentence)
		}
	}
	note(len(cfg.Accounts) == 0, "accounts: no platform account, so candidates can neither be told nor heard")
	note(len(cfg.API.Keys) == 0, "api.keys: no API key, so every call to the API is refused")
	note(len(cfg.EHR.All()) == 0, "ehr.endpoint.url: no endpoint, so events are kept, and told to nobody but to endpoints of the inbox")
	note(cfg.Server.PublicURL == "", "server.public_url: not given, so links name the address listened on")
	note(cfg.Bank.Name == "", "bank.name: not given, so messages do not name the bank")
	note(cfg.Store.Driver == PostgreSQL && cfg.Redis.URL.Empty(),
		"redis.url: no Redis, so run one gateway only; tokens and rate limits are kept in its memory")
	for _, account := range cfg.Accounts {
		note(account.Platform == "wechat" && len(account.Templates) == 0,
			"accounts: "+account.ID+" has no templates, so it can only answer candidates who wrote within 48 hours")
	}
	return missing
}

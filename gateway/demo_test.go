package main

import (
	"testing"

	"jiebao/config"
)

// TestTheDemonstrationTakesConfiguredKeys beside the simulated EHR's, which
// nobody else's can stand in for.
func TestTheDemonstrationTakesConfiguredKeys(t *testing.T) {
	t.Parallel()
	w := &demoWorld{secrets: newDemoSecrets()}
	w.cfg.API.Keys = []config.APIKey{
		{Name: "ehr", Key: config.NewSecret("one that was configured for the EHR"), Branch: "head/beijing"},
		{Name: "payroll", Key: config.NewSecret("one that was configured for payroll"), Branch: "head/beijing"},
	}
	keys := w.apiKeys()
	if len(keys) != 2 || keys[0].Name != "ehr" || keys[0].Key.Reveal() != w.secrets.api || keys[0].Branch != "head" ||
		keys[1].Name != "payroll" || keys[1].Branch != "head/beijing" {
		t.Errorf("the keys are %+v", keys)
	}
}

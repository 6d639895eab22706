package app

import "jiebao/config/policies"

// loadPolicies reads the policies of the folder, and the embedded ones. Each
// section is read where it is followed.
func loadPolicies(dir string) (*policies.Set, error) {
	override, err := folder(dir)
	if err != nil {
		return nil, err
	}
	return policies.Load(policies.Embedded(), override, "start_dates", "intake_classes")
}

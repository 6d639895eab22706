package api

import (
	"context"
	"errors"
	"strings"
	"time"

	"jiebao/conversations"
)

const devicesPath = "/v1/devices"

// maxAppBody is far above what the app posts.
const maxAppBody = 64 << 10

// DevicePost is a phone with the app, as one provider knows it.
type DevicePost struct {
	CandidateID string `json:"candidate_id,omitempty" maxLength:"64" doc:"The EHR's id of the candidate; with an API key only. The candidate need not be known to Jiebao yet." example:"C-2026-000815"`
	Provider    string `json:"provider" enum:"apns,fcm,jpush,huawei" doc:"Whose token it is." example:"jpush"`
	Token       string `json:"token" minLength:"1" maxLength:"4096" pattern:"^[!-~]+$" patternDescription:"letters, digits and signs of ASCII without spaces" doc:"The provider's: APNs device token in hexadecimal, FCM registration token, JPush registration id, or Huawei push token." example:"18171adc033ae2f4a1b"`
	Handset     string `json:"handset,omitempty" maxLength:"128" doc:"The app's own id of its installation, the same for all its providers, so that a phone that several know gets each banner once." example:"3f2b7c1e-5d4a-4c8b-9a57-0d5f2f6a1b20"`
	Vendor      string `json:"vendor,omitempty" maxLength:"32" doc:"Who made the phone, in lower case." example:"xiaomi"`
	Locale      string `json:"locale,omitempty" maxLength:"35" doc:"The phone's language: zh-CN, zh-HK or en." example:"zh-CN"`
}

type deviceInput struct{ Body DevicePost }

type deviceOutput struct{ Body DeviceKept }

// DeviceKept is a registered phone.
type DeviceKept struct {
	ID           string    `json:"id" doc:"Jiebao's id of it, to forget it by." example:"t3o0mGbXx1m0qgKZzDk3Vw"`
	RegisteredAt time.Time `json:"registered_at" doc:"When the app last said that it is there." example:"2026-06-22T09:30:00+08:00"`
}

func (a *API) registerDevice(ctx context.Context, in *deviceInput) (*deviceOutput, error) {
	candidate, branch, err := a.holderOrNamed(ctx, in.Body.CandidateID)
	if err != nil {
		return nil, err
	}
	d := conversations.Device{
		Candidate: candidate, Branch: branch, Provider: in.Body.Provider, Token: in.Body.Token, Handset: in.Body.Handset,
		Vendor: strings.ToLower(in.Body.Vendor), Locale: spoken(in.Body.Locale), Registered: a.Now(),
	}
	if err := a.App.Store.PutDevice(ctx, d); err != nil {
		return nil, a.problem(ctx, "keeping a device", candidate, err)
	}
	if err := a.appeared(ctx, candidate); err != nil {
		return nil, a.problem(ctx, "looking what waits for the candidate's app", candidate, err)
	}
	return &deviceOutput{DeviceKept{d.ID(), d.Registered}}, nil
}

// appeared lets what waits for the candidate's app leave.
func (a *API) appeared(ctx context.Context, candidate string) error {
	c, err := a.Store.Candidate(ctx, conversations.Everything, candidate)
	if errors.Is(err, conversations.ErrNotFound) {
		return nil // the first result about them finds the device
	}
	if err == nil {
		_, err = a.Store.Apply(ctx, conversations.Target{Conversation: c.ID, Scope: conversations.Everything}, conversations.Appeared{})
	}
	return err
}

// spoken is the locale that candidates are spoken to in, "" for others.
func spoken(locale string) conversations.Locale {
	for _, l := range []conversations.Locale{conversations.Chinese, conversations.Traditional, conversations.English} {
		if strings.EqualFold(string(l), locale) {
			return l
		}
	}
	return ""
}

// holderOrNamed is the candidate of the token, or the one that a system with an
// API key names, with the system's branch. That candidate may not be known yet,
// but may not belong to other branches.
func (a *API) holderOrNamed(ctx context.Context, named string) (candidate, branch string, err error) {
	if h := holderOf(ctx); h.candidate != "" {
		if named != "" && named != h.candidate {
			return "", "", forbidden("The token is for another candidate.")
		}
		return h.candidate, "", nil
	}
	if named == "" {
		return "", "", invalid([]FieldProblem{{"candidate_id", "expected the EHR's id of the candidate, as an API key is for many"}})
	}
	scope := callerOf(ctx).scope
	c, err := a.Store.Candidate(ctx, conversations.Everything, named)
	switch {
	case err == nil && !scope.Allows(c.Branch):
		err = conversations.ErrNotFound
	case errors.Is(err, conversations.ErrNotFound):
		err = nil
	}
	if err != nil {
		return "", "", a.problem(ctx, "reading a candidate", named, err)
	}
	return named, scope[0], nil
}

type deleteDeviceInput struct {
	ID string `path:"id" maxLength:"64" doc:"Jiebao's id of the phone, as registering told it." example:"t3o0mGbXx1m0qgKZzDk3Vw"`
}

func (a *API) deleteDevice(ctx context.Context, in *deleteDeviceInput) (*struct{}, error) {
	candidate := holderOf(ctx).candidate
	if candidate == "" {
		d, err := a.App.Store.Device(ctx, in.ID)
		if scope := callerOf(ctx).scope; err == nil && (d.Branch == "" || !scope.Allows(d.Branch)) {
			_, err = a.Store.Candidate(ctx, scope, d.Candidate)
		}
		if err != nil {
			return nil, a.problem(ctx, "reading a device", in.ID, err)
		}
		candidate = d.Candidate
	}
	if err := a.App.Store.DeleteDevice(ctx, in.ID, candidate); err != nil {
		return nil, a.appProblem(ctx, "deleting a device", err)
	}
	return nil, nil
}

package api

import (
	"context"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jiebao/conversations/audit"
)

const (
	tokenPath    = "/oauth2/token"
	metadataPath = "/.well-known/oauth-authorization-server"

	// accessLife is how long access tokens work: short, as nobody takes one
	// back but by taking its key away.
	accessLife = time.Hour
	// maxForm is far above what a client sends.
	maxForm = 16 << 10

	formType = "application/x-www-form-urlencoded"
)

// AccessToken lets a system call the API for a while (RFC 6749, 5.1).
type AccessToken struct {
	Token     string `json:"access_token" doc:"For the header Authorization: Bearer." example:"jba_AQAAAABqOJ4YZWhyAHJlc3VsdHM6cmVhZAmYw3vO1b0kq9xT7mQ5cH2rE8dZfU4sL6nJ0pGiVtXa"`
	Type      string `json:"token_type" enum:"Bearer" doc:"How it is sent." example:"Bearer"`
	ExpiresIn int    `json:"expires_in" doc:"For how many seconds it works." example:"3600"`
	Scope     string `json:"scope" doc:"What it may do, with spaces between." example:"results:read events:read"`
}

// OAuthError is why there is no access token (RFC 6749, 5.2).
type OAuthError struct {
	Code   string `json:"error" enum:"invalid_request,invalid_client,unauthorized_client,unsupported_grant_type,invalid_scope" doc:"What kind of error it is; programs go by this." example:"invalid_client"`
	Words  string `json:"error_description" doc:"This very error in words." example:"The client is unknown, or its secret is wrong."`
	status int
}

// Error and GetStatus let handlers return it.
func (e *OAuthError) Error() string  { return e.Words }
func (e *OAuthError) GetStatus() int { return e.status }

func oauthError(status int, code, words string) *OAuthError { return &OAuthError{code, words, status} }

// ServerMetadata is what clients look up (RFC 8414, section 2).
type ServerMetadata struct {
	Issuer        string   `json:"issuer" format:"uri" doc:"Who issues the tokens." example:"https://jiebao.example.com"`
	TokenEndpoint string   `json:"token_endpoint" format:"uri" doc:"Where they are got." example:"https://jiebao.example.com/oauth2/token"`
	AuthMethods   []string `json:"token_endpoint_auth_methods_supported" nullable:"false" doc:"How clients say who they are." example:"[\"client_secret_basic\",\"client_secret_post\"]"`
	Grants        []string `json:"grant_types_supported" nullable:"false" doc:"How clients get a token." example:"[\"client_credentials\"]"`
	Responses     []string `json:"response_types_supported" nullable:"false" doc:"None: there is no page on which people sign in." example:"[]"`
	Scopes        []string `json:"scopes_supported" nullable:"false" doc:"What tokens may do." example:"[\"results:read\",\"results:write\"]"`
	Documentation string   `json:"service_documentation" format:"uri" doc:"The API's documentation." example:"https://jiebao.example.com/docs"`
}

type accessInput struct {
	ContentType string `header:"Content-Type" hidden:"true"`
	Basic       string `header:"Authorization" hidden:"true"`
	RawBody     []byte `contentType:"application/x-www-form-urlencoded"`
}

type accessOutput struct {
	CacheControl string `header:"Cache-Control" doc:"Always no-store." example:"no-store"`
	Pragma       string `header:"Pragma" doc:"Always no-cache, for old caches."`
	Body         AccessToken
}

// issueAccess answers a client's request for a token (RFC 6749, 4.4).
func (a *API) issueAccess(ctx context.Context, in *accessInput) (*accessOutput, error) {
	form, wrong := readForm(in)
	if wrong != nil {
		return nil, wrong
	}
	key, wrong := a.client(ctx, in.Basic, form)
	if wrong != nil {
		return nil, challenged(wrong, in.Basic)
	}
	if form.Get("grant_type") != "client_credentials" {
		return nil, oauthError(http.StatusBadRequest, "unsupported_grant_type", "The grant type is client_credentials.")
	}
	scopes, wrong := granted(key, form.Get("scope"))
	if wrong != nil {
		return nil, wrong
	}
	g := grant{key: key.Name, scopes: scopes, expires: a.Now().Add(accessLife).Truncate(time.Second)}
	if !key.Expires.IsZero() && key.Expires.Before(g.expires) {
		g.expires = key.Expires
	}
	err := a.record(ctx, audit.Entry{
		Action: audit.TokenIssued, Actor: audit.System(key.Name).ID, Role: audit.RoleSystem, Branch: key.Branch, Detail: audit.Detail{"scopes": strings.Join(scopes, " ")},
	})
	if err != nil {
		return nil, internalError()
	}
	return &accessOutput{CacheControl: "no-store", Pragma: "no-cache", Body: AccessToken{
		Token: a.access.make(g, key), Type: "Bearer", ExpiresIn: max(int(g.expires.Sub(a.Now())/time.Second), 0), Scope: strings.Join(scopes, " "),
	}}, nil
}

// readForm reads the parameters, none of which may come twice.
func readForm(in *accessInput) (url.Values, *OAuthError) {
	media, _, err := mime.ParseMediaType(in.ContentType)
	if err != nil || media != formType {
		return nil, oauthError(http.StatusBadRequest, "invalid_request", "Send the parameters as "+formType+".")
	}
	form, err := url.ParseQuery(string(in.RawBody))
	if err != nil {
		return nil, oauthError(http.StatusBadRequest, "invalid_request", "The parameters cannot be read.")
	}
	for _, values := range form {
		if len(values) > 1 {
			return nil, oauthError(http.StatusBadRequest, "invalid_request", "A parameter is given twice.")
		}
	}
	if form.Get("grant_type") == "" {
		return nil, oauthError(http.StatusBadRequest, "invalid_request", "The parameter grant_type is missing.")
	}
	return form, nil
}

// client is the key of the client that asks: by client_secret_basic or by
// client_secret_post, and not by both.
func (a *API) client(ctx context.Context, basic string, form url.Values) (*Key, *OAuthError) {
	id, secret := form.Get("client_id"), form.Get("client_secret")
	var key *Key
	if basic != "" {
		if secret != "" {
			return nil, oauthError(http.StatusBadRequest, "invalid_request", "The client says twice who it is.")
		}
		key = a.basicClient(basic, id)
	} else if k := a.keyOf(secret); k != nil && k.Name == id {
		key = k
	}
	switch {
	case key == nil:
		return nil, oauthError(http.StatusUnauthorized, "invalid_client", "The client is unknown, or its secret is wrong.")
	case key.ended(a.Now()):
		return nil, oauthError(http.StatusUnauthorized, "invalid_client", "The client's secret has had its time.")
	case !key.from(addressOf(ctx)):
		a.Log.Warn("an API key was refused", "key", key.Name, "why", "address", "address", addressOf(ctx), "request", RequestID(ctx))
		return nil, oauthError(http.StatusBadRequest, "unauthorized_client", "The client may not be used from this address.")
	}
	return key, nil
}

// basicClient reads client_secret_basic. Id and secret are encoded as in a form
// (RFC 6749, 2.3.1), which many clients leave out; either is taken.
func (a *API) basicClient(header, named string) *Key {
	r := http.Request{Header: http.Header{"Authorization": {header}}}
	id, secret, ok := r.BasicAuth()
	if !ok || named != "" && named != id {
		return nil
	}
	for _, decode := range []func(string) (string, error){url.QueryUnescape, func(s string) (string, error) { return s, nil }} {
		name, errName := decode(id)
		plain, err := decode(secret)
		if k := a.keyOf(plain); errName == nil && err == nil && k != nil && k.Name == name {
			return k
		}
	}
	return nil
}

// granted are the scopes that a token gets: those that are asked for, or else
// all of the key.
func granted(k *Key, asked string) ([]string, *OAuthError) {
	if strings.TrimSpace(asked) == "" {
		return k.grants(), nil
	}
	scopes := strings.Fields(asked)
	slices.Sort(scopes)
	for _, s := range scopes {
		if !slices.Contains(k.grants(), s) {
			return nil, oauthError(http.StatusBadRequest, "invalid_scope", "The client may not have one of the scopes.")
		}
	}
	return slices.Compact(scopes), nil
}

// challenged tells a client that tried Basic that it may try again.
func challenged(e *OAuthError, basic string) error {
	if basic == "" || e.status != http.StatusUnauthorized {
		return e
	}
	return huma.ErrorWithHeaders(e, http.Header{"Www-Authenticate": {`Basic realm="Jiebao API"`}})
}

type metadataOutput struct{ Body ServerMetadata }

func (a *API) metadata(context.Context, *struct{}) (*metadataOutput, error) {
	return &metadataOutput{ServerMetadata{
		Issuer: a.URL, TokenEndpoint: a.URL + tokenPath, Documentation: a.URL + docsPath,
		AuthMethods: []string{"client_secret_basic", "client_secret_post"},
		Grants:      []string{"client_credentials"}, Responses: []string{}, Scopes: Scopes(),
	}}, nil
}

func (a *API) registerOAuth() {
	failure := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[OAuthError](), true, "")
	answers := func(of ...int) map[string]*huma.Response {
		out := map[string]*huma.Response{}
		for _, status := range of {
			out[strconv.Itoa(status)] = &huma.Response{Content: map[string]*huma.MediaType{"application/json": {Schema: failure}}}
		}
		return out
	}
	huma.Register(a.huma, huma.Operation{
		OperationID: "issue-access-token", Method: http.MethodPost, Path: tokenPath, Tags: []string{tagOAuth}, Security: open(),
		Summary: "Get an access token",
		Description: "OAuth2 client credentials (RFC 6749, section 4.4). The client's id is the key's name, its secret the key; they come by HTTP Basic (client_secret_basic) or among the parameters (client_secret_post). " +
			"The token works for an hour, on every node, and ends at once when its key is taken away.",
		MaxBodyBytes: maxForm, SkipValidateBody: true,
		Responses: answers(http.StatusBadRequest, http.StatusUnauthorized),
	}, a.issueAccess)
	huma.Register(a.huma, huma.Operation{
		OperationID: "get-oauth-metadata", Method: http.MethodGet, Path: metadataPath, Tags: []string{tagOAuth}, Security: open(),
		Summary: "See how to get access tokens", Description: "The authorization server's metadata (RFC 8414).",
	}, a.metadata)
}

// describeOAuth documents the form. It is not required as far as the framework
// goes, whose problem about an empty one would not be RFC 6749's.
func (a *API) describeOAuth(doc *huma.OpenAPI) {
	text := func(words string, allowed ...any) *huma.Schema {
		return &huma.Schema{Type: huma.TypeString, Description: words, Enum: allowed}
	}
	doc.Paths[tokenPath].Post.RequestBody = &huma.RequestBody{Description: "Who asks, and for what.", Content: map[string]*huma.MediaType{formType: {
		Schema: &huma.Schema{Type: huma.TypeObject, Required: []string{"grant_type"}, Properties: map[string]*huma.Schema{
			"grant_type":    text("Always client_credentials.", "client_credentials"),
			"scope":         text("The scopes that the token needs, with spaces between; without, all of the key."),
			"client_id":     text("The key's name, without HTTP Basic."),
			"client_secret": text("The key, without HTTP Basic."),
		}},
		Encoding: map[string]*huma.Encoding{"scope": {AllowReserved: true}},
		Example:  map[string]string{"grant_type": "client_credentials", "scope": "results:read events:read"},
	}}}
}

func oauthMeanings() map[int]string {
	return map[int]string{
		http.StatusOK:           "As asked for.",
		http.StatusBadRequest:   "Something is wrong with the parameters.",
		http.StatusUnauthorized: "The client is unknown, or its secret is wrong.",
	}
}

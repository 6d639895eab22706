package app

import (
	"encoding/json"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// allowed says which packages of Jiebao each may import. Arrows only point
// down: conversations imports nothing, app may import everything.
var allowed = map[string][]string{
	"bot":                                    {"bot/mask", "bot/nlu", "conversations"},
	"bot/mask":                               {},
	"bot/guard":                              {},
	"bot/knowledge":                          {"bot/nlu", "conversations"},
	"bot/nlu":                                {"conversations"},
	"bot/people":                             {"conversations"},
	"bot/phrases":                            {"conversations"},
	"bot/startdates":                         {"bot/nlu", "conversations"},
	"channels":                               {"conversations"},
	"channels/carrier":                       {"channels", "conversations"},
	"channels/carrier/aliyun":                {"channels", "channels/carrier", "conversations"},
	"channels/carrier/carriersim":            {"channels/simclock"}, // shares no code with what it tests
	"channels/channeltest":                   {"channels", "conversations"},
	"channels/email":                         {"channels", "conversations"},
	"channels/email/emailsim":                {}, // shares no code with what it tests
	"channels/h5":                            {"channels", "conversations"},
	"channels/simclock":                      {}, // of the simulators, and of no adapter
	"channels/simorder":                      {}, // of the simulators, and of no adapter
	"channels/sms":                           {"channels", "channels/carrier", "channels/carrier/aliyun", "conversations"},
	"channels/sms/smssim":                    {"channels/carrier/carriersim", "channels/simclock"},
	"channels/tencent":                       {"channels", "conversations"},
	"channels/voice":                         {"channels", "channels/carrier", "channels/carrier/aliyun", "conversations"},
	"channels/voice/voicesim":                {"channels/carrier/carriersim", "channels/simclock"},
	"channels/push":                          {"channels", "conversations"},
	"channels/push/pushsim":                  {},
	"channels/wechat":                        {"channels", "channels/tencent", "conversations"},
	"channels/wechat/simseal":                {},                                                                    // of the simulators, and of no adapter
	"channels/wechat/wechatsim":              {"channels/simclock", "channels/simorder", "channels/wechat/simseal"}, // shares no code with what it tests
	"channels/wecom":                         {"channels", "channels/tencent", "conversations"},
	"channels/wecom/wecomsim":                {"channels/simclock", "channels/simorder", "channels/wechat/simseal"},
	"config":                                 {},
	"config/knowledge":                       {},
	"config/locales":                         {},
	"config/policies":                        {},
	"config/templates":                       {},
	"conversations":                          {},
	"conversations/audit":                    {"conversations", "conversations/clock"},
	"conversations/clock":                    {},
	"conversations/documents":                {},
	"conversations/documents/clamd":          {},
	"conversations/documents/photo":          {},
	"conversations/documents/clamd/clamdsim": {}, // shares no code with what it tests
	"conversations/outbox":                   {"conversations", "conversations/clock"},
	"conversations/rehearsal":                {"conversations"},
	"conversations/relay":                    {"conversations", "conversations/outbox"},
	"conversations/sqlstore":                 {"conversations", "conversations/audit", "conversations/outbox", "conversations/relay"},
	"conversations/storetest":                {"conversations", "conversations/audit", "conversations/clock", "conversations/outbox", "conversations/relay"},
	"conversations/storetest/testenv":        {},
	"gateway":                                {"bot", "bot/nlu", "channels", "channels/email/emailsim", "channels/push/pushsim", "channels/sms/smssim", "channels/voice/voicesim", "channels/wechat/wechatsim", "channels/wecom/wecomsim", "config", "conversations", "conversations/audit", "conversations/clock", "conversations/documents", "gateway/app", "gateway/chat", "gateway/demo", "gateway/doctor", "gateway/ehr/daily", "gateway/understand"},
	"gateway/api":                            {"conversations", "conversations/audit", "conversations/outbox", "conversations/relay", "gateway/ehr/catalogue", "gateway/ehr/endpoints", "gateway/ehr/wire", "gateway/preflight", "gateway/reconcile", "gateway/witness"},
	"gateway/bulk":                           {"conversations", "conversations/clock"},
	"gateway/chat":                           {"bot", "bot/nlu", "conversations", "conversations/rehearsal"},
	"gateway/client":                         {}, // is to be copied into other systems
	"gateway/console":                        {"conversations", "conversations/audit", "conversations/documents/photo", "conversations/relay", "gateway/bulk", "gateway/console/chart", "gateway/ehr/catalogue", "gateway/ehr/endpoints", "gateway/ehr/mapping", "gateway/ehr/wire", "gateway/preflight", "gateway/signin", "gateway/witness"},
	"gateway/console/chart":                  {},
	"gateway/demo":                           {"channels/email/emailsim", "channels/push/pushsim", "channels/sms/smssim", "channels/voice/voicesim", "channels/wechat/wechatsim", "channels/wecom/wecomsim"},
	"gateway/doctor":                         {"channels"},
	"gateway/ehr":                            {"conversations", "conversations/clock", "conversations/outbox", "conversations/relay", "gateway/ehr/daily", "gateway/ehr/mapping", "gateway/ehr/wire"},
	"gateway/ehr/endpoints":                  {"conversations", "conversations/relay", "gateway/ehr/catalogue", "gateway/ehr/mapping", "gateway/ehr/wire"},
	"gateway/ehr/push":                       {"conversations", "conversations/clock", "conversations/outbox", "gateway/ehr/wire"},
	"gateway/ehr/daily":                      {"conversations/relay"},
	"gateway/ehr/mapping":                    {},
	"gateway/ehr/wire":                       {"conversations/clock", "gateway/ehr/mapping"},
	"gateway/ehr/catalogue":                  {"conversations"},
	"gateway/ehr/catalogue/catalogueconform": {"gateway/ehr/catalogue"},
	"gateway/model":                          {"bot/nlu", "conversations"},
	"gateway/preflight":                      {"conversations"},
	"gateway/reconcile":                      {"conversations", "conversations/clock", "conversations/relay"},
	"gateway/signin":                         {"conversations"},
	"gateway/signin/oidc":                    {"conversations", "gateway/signin"},
	"gateway/signin/oidc/oidcsim":            {}, // shares no code with what it tests
	"gateway/signin/wecom":                   {"conversations", "gateway/signin"},
	"gateway/understand":                     {"bot/nlu"},
	"gateway/witness":                        {},
}

// everything may import all.
var everything = []string{"gateway/app", "gateway/bench"}

// fenced are libraries that only the packages named may import.
var fenced = map[string][]string{
	"github.com/santhosh-tekuri/jsonschema": {"gateway/ehr/catalogue/catalogueconform"},
	"cel.dev/cel-go":                        {"gateway/ehr/mapping"},
	"github.com/gin-gonic/gin":              {"gateway/"},
	"github.com/coreos/go-oidc":             {"gateway/signin/oidc"},
	"golang.org/x/oauth2":                   {"gateway/signin/oidc"},
	"golang.org/x/crypto/argon2":            {"gateway/signin"},
	"github.com/trustelem/zxcvbn/frequency": {"gateway/signin"},
	"github.com/silenceper/wechat":          {"channels/tencent", "channels/wechat", "channels/wecom"},
	"github.com/nicksnyder/go-i18n":         {"bot/phrases"},
	"github.com/wneessen/go-mail":           {"channels/email"},
	"github.com/openai/openai-go":           {"gateway/model"},
	"github.com/redis/go-redis":             {"gateway/app"},
	"github.com/jackc/pgx":                  {"conversations/sqlstore", "conversations/storetest/testenv", "gateway/bench"},
	"modernc.org/sqlite":                    {"conversations/sqlstore", "gateway/bench"},
	"github.com/a-h/templ":                  {"gateway/console", "gateway/demo"},
	"github.com/alibabacloud-go":            {"channels/carrier/aliyun", "channels/sms", "channels/voice"},
	"github.com/tencentcloud":               {"channels/sms"},
}

// pure packages decide: they reach neither the network nor a database, not
// even through what they import, and do not touch the system themselves.
var pure = []string{"bot", "bot/knowledge", "bot/guard", "bot/people", "bot/mask", "bot/nlu", "bot/startdates", "conversations", "conversations/rehearsal", "gateway/understand"}

type listed struct {
	ImportPath    string
	Imports, Deps []string
}

func goList(t *testing.T) []listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Imports,Deps", "jiebao/...")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var packages []listed
	for dec := json.NewDecoder(out); ; {
		var p listed
		if err := dec.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(p.ImportPath, "jiebao/") {
			packages = append(packages, p)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	return packages
}

func TestArrowsPointDown(t *testing.T) {
	t.Parallel()
	packages := goList(t)
	if len(packages) < len(allowed) {
		t.Fatalf("go list names only %d packages", len(packages))
	}
	for _, p := range packages {
		name := strings.TrimPrefix(p.ImportPath, "jiebao/")
		checkOwn(t, name, p.Imports)
		checkFences(t, name, p.Imports)
		if slices.Contains(pure, name) {
			checkPure(t, name, p)
		}
	}
}

func checkOwn(t *testing.T, name string, imports []string) {
	may, known := allowed[name]
	if slices.Contains(everything, name) {
		return
	}
	if !known {
		t.Errorf("%s is not in the table of allowed imports; add it there with what it may import", name)
	}
	for _, imp := range imports {
		if own, ok := strings.CutPrefix(imp, "jiebao/"); ok && !slices.Contains(may, own) {
			t.Errorf("%s imports %s, and may import only %v", name, own, may)
		}
	}
}

func checkPure(t *testing.T, name string, p listed) {
	for _, bad := range []string{"net", "os/exec", "database/sql"} {
		if slices.Contains(p.Deps, bad) {
			t.Errorf("%s reaches %s, and has to be pure", name, bad)
		}
	}
	if slices.Contains(p.Imports, "os") {
		t.Errorf("%s imports os, and has to be pure", name)
	}
}

func checkFences(t *testing.T, name string, imports []string) {
	for _, imp := range imports {
		for library, may := range fenced {
			inside := slices.ContainsFunc(may, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
			if strings.HasPrefix(imp, library) && !inside {
				t.Errorf("%s imports %s, which belongs to %v", name, imp, may)
			}
		}
	}
	if name == "conversations" || name == "channels" || name == "gateway/client" {
		for _, imp := range imports {
			if strings.Contains(strings.SplitN(imp, "/", 2)[0], ".") {
				t.Errorf("%s imports %s, and may import only the standard library", name, imp)
			}
		}
	}
}

package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"github.com/goccy/go-yaml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/v2"
)

const (
	envPrefix = "JIEBAO_"
	// PathVariable names the file to load. It is no setting of the file.
	PathVariable = "JIEBAO_CONFIG"
)

// Load overlays the defaults with the file at path and then with environ
// (as of [os.Environ]). An empty path reads no file. What is wrong with the
// values is returned as [Problems], all of them at once.
func Load(path string, environ []string) (Config, error) {
	text, err := readFile(path)
	if err != nil {
		return Config{}, fmt.Errorf("reading the configuration: %w", err)
	}
	return parse(path, text, environ)
}

func readFile(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	return os.ReadFile(path)
}

func parse(name string, text []byte, environ []string) (Config, error) {
	file, err := decodeYAML(text)
	if err != nil {
		return Config{}, fmt.Errorf("reading the configuration %s: %s", name, yaml.FormatError(err, false, false))
	}
	settings, err := merge(file, environ)
	if err != nil {
		return Config{}, fmt.Errorf("reading the configuration: %w", err)
	}
	cfg := Default()
	problems := unknownKeys(settings.Raw())
	problems = append(problems, decode(settings, &cfg, environ)...)
	problems = append(problems, cfg.check().without(problems)...)
	if len(problems) > 0 {
		return Config{}, explain(problems, name, text, environ)
	}
	return cfg, nil
}

// decodeYAML reads the one document of a file. A key given twice is an error.
func decodeYAML(text []byte) (map[string]any, error) {
	settings := map[string]any{}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(&settings); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if err := decoder.Decode(&map[string]any{}); !errors.Is(err, io.EOF) {
		return nil, errors.New("it holds more than one YAML document")
	}
	dropEmpty(settings)
	return settings, nil
}

// dropEmpty leaves out keys without a value, so that they keep the default.
func dropEmpty(settings map[string]any) {
	for key, value := range settings {
		switch v := value.(type) {
		case nil:
			delete(settings, key)
		case map[string]any:
			dropEmpty(v)
		}
	}
}

func merge(file map[string]any, environ []string) (*koanf.Koanf, error) {
	settings := koanf.New(".")
	if err := settings.Load(confmap.Provider(file, ""), nil); err != nil {
		return nil, err
	}
	fromEnvironment := env.Provider(".", env.Opt{
		Prefix:        envPrefix,
		EnvironFunc:   func() []string { return environ },
		TransformFunc: func(name, value string) (string, any) { return keyOfVariable(name), value },
	})
	return settings, settings.Load(fromEnvironment, nil)
}

// keyOfVariable turns JIEBAO_EHR__ENDPOINT__URL into ehr.endpoint.url.
func keyOfVariable(name string) string {
	if name == PathVariable {
		return ""
	}
	name, _ = strings.CutPrefix(name, envPrefix)
	return strings.ToLower(strings.ReplaceAll(name, "__", "."))
}

// decode fills cfg. Values that do not fit become problems.
func decode(settings *koanf.Koanf, cfg *Config, environ []string) Problems {
	err := settings.UnmarshalWithConf("", cfg, koanf.UnmarshalConf{
		DecoderConfig: &mapstructure.DecoderConfig{
			DecodeHook: hooks(environ),
			MatchName:  func(key, field string) bool { return key == field },
			ZeroFields: true, // a list or map given replaces the default
		},
	})
	return problemsOf(err)
}

// problemsOf flattens what mapstructure reports: named errors, joined, and
// perhaps wrapped.
func problemsOf(err error) Problems {
	switch e := err.(type) {
	case nil:
		return nil
	case *mapstructure.DecodeError:
		return Problems{{Key: e.Name(), Problem: describe(e.Unwrap())}}
	case interface{ Unwrap() []error }:
		var all Problems
		for _, each := range e.Unwrap() {
			all = append(all, problemsOf(each)...)
		}
		return all
	case interface{ Unwrap() error }:
		return problemsOf(e.Unwrap())
	default:
		return Problems{{Key: "(file)", Problem: err.Error()}}
	}
}

// explain adds to each problem where the value came from and an example.
func explain(problems Problems, name string, text []byte, environ []string) Problems {
	for i := range problems {
		p := &problems[i]
		p.Where = whereSet(p.Key, name, text, environ)
		if p.Example == "" {
			p.Example = exampleOf(p.Key)
		}
	}
	slices.SortStableFunc(problems, func(a, b Problem) int { return strings.Compare(a.Key, b.Key) })
	return problems
}

// whereSet names the environment variable or the line that set a key.
func whereSet(key, name string, text []byte, environ []string) string {
	for _, entry := range environ {
		variable, _, _ := strings.Cut(entry, "=")
		set := keyOfVariable(variable)
		if strings.HasPrefix(variable, envPrefix) && (set == key || strings.HasPrefix(set, key+".")) {
			return variable
		}
	}
	path, err := yaml.PathString("$." + key)
	if err != nil {
		return ""
	}
	node, err := path.ReadNode(bytes.NewReader(text))
	if err != nil {
		return name
	}
	return fmt.Sprintf("%s:%d", name, node.GetToken().Position.Line)
}

package templates

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"
)

// part is one template text of a message: a field, the text or the address.
type part struct {
	name      string
	body      *template.Template
	variables []string // in order of use
	required  []string // those used outside an {{if}} that tests them
}

func newPart(name, text string) (part, error) {
	body, err := template.New(name).Option("missingkey=error").Parse(text)
	if err != nil {
		return part{}, err
	}
	p := part{name: name, body: body}
	if body.Tree == nil { // an empty text
		return p, nil
	}
	if err := p.walk(body.Root, nil); err != nil {
		return part{}, fmt.Errorf("%s: %w", name, err)
	}
	return p, nil
}

func (p part) execute(v *view) (string, error) {
	var out strings.Builder
	if err := p.body.Execute(&out, v); err != nil {
		return "", err
	}
	return out.String(), nil
}

// walk collects the variables below a node. Those tested by the {{if}}s
// around it need not be there.
func (p *part) walk(node parse.Node, tested []string) error {
	switch n := node.(type) {
	case *parse.ListNode:
		if n == nil {
			return nil
		}
		var problems []error
		for _, child := range n.Nodes {
			problems = append(problems, p.walk(child, tested))
		}
		return errors.Join(problems...)
	case *parse.TextNode, *parse.CommentNode:
		return nil
	case *parse.ActionNode:
		names, err := variablesOf(n.Pipe)
		p.use(names, tested)
		return err
	case *parse.IfNode:
		names, err := variablesOf(n.Pipe)
		p.use(names, names)
		return errors.Join(err, p.walk(n.List, slices.Concat(tested, names)), p.walk(n.ElseList, tested))
	default:
		return fmt.Errorf("%s: a template is text, variables and {{if}}, nothing else", node)
	}
}

func (p *part) use(names, tested []string) {
	for _, name := range names {
		if !slices.Contains(p.variables, name) {
			p.variables = append(p.variables, name)
		}
		if !slices.Contains(tested, name) && !slices.Contains(p.required, name) {
			p.required = append(p.required, name)
		}
	}
}

// variablesOf lists the variables of a pipe. One that Vars has not is an error.
func variablesOf(pipe *parse.PipeNode) ([]string, error) {
	if len(pipe.Decl) > 0 {
		return nil, fmt.Errorf("{{%s}}: a template declares no variables", pipe)
	}
	var names []string
	for _, command := range pipe.Cmds {
		for _, arg := range command.Args {
			switch a := arg.(type) {
			case *parse.FieldNode:
				if err := known(a.Ident); err != nil {
					return nil, fmt.Errorf("{{%s}}: %w", pipe, err)
				}
				names = append(names, a.Ident[0])
			case *parse.PipeNode:
				inner, err := variablesOf(a)
				if err != nil {
					return nil, err
				}
				names = append(names, inner...)
			case *parse.IdentifierNode, *parse.StringNode, *parse.NumberNode, *parse.BoolNode:
			default:
				return nil, fmt.Errorf("{{%s}}: %s is not a variable", pipe, arg)
			}
		}
	}
	return names, nil
}

// known refuses a variable, or a form of a date, that does not exist.
func known(path []string) error {
	field, ok := reflect.TypeFor[view]().FieldByName(path[0])
	if !ok {
		return fmt.Errorf("there is no variable .%s; there are %s", path[0], strings.Join(variableNames(), " "))
	}
	switch {
	case len(path) == 1:
		return nil
	case len(path) == 2:
		if _, ok := field.Type.MethodByName(path[1]); ok {
			return nil
		}
	}
	return fmt.Errorf("the variable .%s has no form .%s", path[0], strings.Join(path[1:], "."))
}

func variableNames() []string {
	var names []string
	for field := range reflect.TypeFor[Vars]().Fields() {
		names = append(names, "."+field.Name)
	}
	return names
}

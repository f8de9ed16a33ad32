package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"quietstat/agent/internal/local"
)

// command is one node of the command tree: a group with subcommands, or a leaf
// that runs. It is built on the standard flag package; a library that finds its
// commands by reflection keeps every method of the program from being left out by
// the linker, which costs a Pi Zero more than a megabyte.
type command struct {
	name    string
	args    string // what follows, for help: "TEMP", "ID [CATEGORY...]"; [] optional, ... any number
	summary string
	section string // heading it stands under, top level only
	sub     []*command
	prepare func(*flag.FlagSet) action // defines the flags of a leaf
	alone   bool                       // brings a house of its own: no --config, no --runtime
}

// action runs a leaf with its positional arguments.
type action func(s *surroundings, args []string) error

// leaf makes a command that runs.
func leaf(name, args, summary string, prepare func(*flag.FlagSet) action) *command {
	return &command{name: name, args: args, summary: summary, prepare: prepare}
}

// group makes a command of commands.
func group(name, summary string, sub ...*command) *command {
	return &command{name: name, summary: summary, sub: sub}
}

// alone makes a leaf refuse the flags that say which house is meant.
func alone(c *command) *command {
	c.alone = true
	return c
}

// under puts top-level commands under a heading.
func under(section string, list ...*command) []*command {
	for _, c := range list {
		c.section = section
	}
	return list
}

// plain is a leaf's prepare without flags.
func plain(run action) func(*flag.FlagSet) action {
	return func(*flag.FlagSet) action { return run }
}

// errHelp says that help was printed and nothing is left to do.
var errHelp = errors.New("help")

// dispatch walks the tree along the arguments and runs the leaf it finds. Flags
// may stand anywhere; "--" ends them.
func (c *command) dispatch(s *surroundings, path string, args []string) error {
	if path != "" {
		path += " "
	}
	path += c.name
	flags := flag.NewFlagSet(path, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	switch {
	case !c.alone:
		s.global(flags)
	case s.named:
		return local.Usage(path+" brings a house of its own: it takes neither --config nor --runtime", "leave them out; see "+path+" --help")
	}
	var run action
	if c.prepare != nil {
		run = c.prepare(flags)
	}
	var words []string
	for len(args) > 0 {
		err := flags.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			c.help(s.stdout, path, flags)
			return errHelp
		}
		if err != nil {
			return local.Usage(strings.Replace(err.Error(), "flag provided but not defined: -", "there is no flag --", 1), "see "+path+" --help")
		}
		ended := flags.NArg() < len(args) && args[len(args)-flags.NArg()-1] == "--"
		args = flags.Args()
		if len(args) > 0 && c.prepare == nil {
			flags.Visit(func(*flag.Flag) { s.named = true })
			if ended { // for the leaf as well
				args = slices.Insert(slices.Clone(args), 1, "--")
			}
			return c.descend(s, path, args)
		}
		if ended {
			words = append(words, args...)
			break
		}
		if len(args) > 0 {
			words, args = append(words, args[0]), args[1:]
		}
	}
	if c.prepare == nil {
		c.help(s.stdout, path, flags)
		if c.name == "quietstat" {
			return errHelp
		}
		return local.Usage(path+" needs to know what to do", "one of "+strings.Join(c.names(), ", "))
	}
	if err := c.count(path, words); err != nil {
		return err
	}
	return run(s, words)
}

func (c *command) descend(s *surroundings, path string, args []string) error {
	for _, sub := range c.sub {
		if sub.name == args[0] {
			return sub.dispatch(s, path, args[1:])
		}
	}
	return local.Usage(fmt.Sprintf("%s has no command %q", path, args[0]), "one of "+strings.Join(c.names(), ", "))
}

func (c *command) names() (names []string) {
	for _, sub := range c.sub {
		names = append(names, sub.name)
	}
	return names
}

// count holds the positional arguments against what the command takes.
func (c *command) count(path string, words []string) error {
	least, most := 0, 0
	for _, word := range strings.Fields(c.args) {
		if !strings.HasPrefix(word, "[") {
			least++
		}
		if most++; strings.Contains(word, "...") {
			most = 1 << 20
		}
	}
	if len(words) >= least && len(words) <= most {
		return nil
	}
	takes := "takes nothing"
	if c.args != "" {
		takes = "takes " + c.args
	}
	return local.Usage(fmt.Sprintf("%s %s; it got %d arguments", path, takes, len(words)), "see "+path+" --help")
}

// help prints how a command is used.
func (c *command) help(w io.Writer, path string, flags *flag.FlagSet) {
	usage := path
	if c.args != "" {
		usage += " " + c.args
	}
	if c.prepare == nil {
		usage += " COMMAND"
	}
	fmt.Fprintf(w, "%s\n\n%s\n", usage+" [FLAGS]", c.summary)
	var sections []string
	for _, sub := range c.sub {
		if !slices.Contains(sections, sub.section) {
			sections = append(sections, sub.section)
		}
	}
	for _, section := range sections {
		if section == "" {
			section = "Commands"
		}
		fmt.Fprintf(w, "\n%s:\n", section)
		for _, sub := range c.sub {
			if sub.section == section || sub.section == "" {
				row(w, strings.TrimSpace(sub.name+" "+sub.args), sub.summary)
			}
		}
	}
	fmt.Fprint(w, "\nFlags:\n")
	flags.VisitAll(func(f *flag.Flag) {
		placeholder, text := flag.UnquoteUsage(f)
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" && f.DefValue != "0s" {
			text += " (" + f.DefValue + ")"
		}
		row(w, strings.TrimSpace("--"+f.Name+" "+placeholder), text)
	})
}

// helpColumn is where explanations begin, helpWidth where they end.
const (
	helpColumn = 30
	helpWidth  = 100
)

// row prints a name and its explanation, wrapped.
func row(w io.Writer, name, text string) {
	line := "  " + name
	if utf8.RuneCountInString(line) > helpColumn-2 {
		fmt.Fprintln(w, line)
		line = ""
	}
	line += strings.Repeat(" ", helpColumn-utf8.RuneCountInString(line))
	for _, word := range strings.Fields(text) {
		if utf8.RuneCountInString(line)+utf8.RuneCountInString(word) > helpWidth {
			fmt.Fprintln(w, strings.TrimRight(line, " "))
			line = strings.Repeat(" ", helpColumn)
		}
		line += word + " "
	}
	fmt.Fprintln(w, strings.TrimRight(line, " "))
}

package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"strings"

	"quietstat/agent/internal/config"
)

// everyCommand visits every command with its flags, groups before what is in them.
func everyCommand(c *command, path string, visit func(path string, c *command, flags *flag.FlagSet)) {
	path = strings.TrimSpace(path + " " + c.name)
	flags := flag.NewFlagSet(path, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	if c.prepare != nil {
		c.prepare(flags)
	}
	visit(path, c, flags)
	for _, sub := range c.sub {
		everyCommand(sub, path, visit)
	}
}

// roff makes text that the formatter takes as it stands.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "°", `\(de`, "–", `\(en`).Replace(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	return text
}

// paragraph writes running text, one line of source for each sentence of it.
func paragraph(b *bytes.Buffer, text string) {
	for line := range strings.Lines(text) {
		fmt.Fprintln(b, roff(strings.TrimSpace(line)))
	}
}

// commandPage is quietstat(1).
func commandPage() []byte {
	b := new(bytes.Buffer)
	root := tree()
	fmt.Fprintf(b, ".\\\" Made from the command tree: go test ./agent -run TestManual -update\n")
	fmt.Fprintf(b, ".TH QUIETSTAT 1\n.SH NAME\nquietstat \\- thermostat that tells nobody about the house\n")
	fmt.Fprintf(b, ".SH SYNOPSIS\n.B quietstat\n.I COMMAND\n.RI [ FLAGS ]\n.SH DESCRIPTION\n")
	paragraph(b, root.summary)
	paragraph(b, "Everything runs as separate processes that systemd starts; the commands below are how people and scripts ask them. Looking and closing is for everybody, opening for root and the members of the group quietstat.")
	section := ""
	everyCommand(root, "", func(path string, c *command, flags *flag.FlagSet) {
		if c.section != "" && c.section != section {
			section = c.section
			fmt.Fprintf(b, ".SH %s\n", strings.ToUpper(section))
		}
		if c == root {
			return
		}
		fmt.Fprintf(b, ".TP\n.B %s", roff(path))
		if c.args != "" {
			fmt.Fprintf(b, " %s", roff(c.args))
		}
		fmt.Fprintln(b)
		paragraph(b, c.summary)
		if len(flagsOf(flags)) == 0 {
			return
		}
		fmt.Fprintf(b, ".RS\n")
		for _, f := range flagsOf(flags) {
			placeholder, text := flag.UnquoteUsage(f)
			fmt.Fprintf(b, ".TP\n.B %s\n", roff(strings.TrimSpace("--"+f.Name+" "+placeholder)))
			if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" && f.DefValue != "0s" {
				text += " (" + f.DefValue + ")"
			}
			paragraph(b, text)
		}
		fmt.Fprintf(b, ".RE\n")
	})
	b.WriteString(manualEnd)
	return b.Bytes()
}

func flagsOf(flags *flag.FlagSet) (list []*flag.Flag) {
	flags.VisitAll(func(f *flag.Flag) { list = append(list, f) })
	return list
}

// manualEnd is what no command tells.
const manualEnd = `.SH FLAGS OF EVERY COMMAND
.TP
.B \-\-config FILE
the configuration (QUIETSTAT_CONFIG, /etc/quietstat/quietstat.toml)
.TP
.B \-\-runtime DIR
of the sockets (QUIETSTAT_RUNTIME, otherwise the configuration's)
.SH EXIT STATUS
.TP
.B 0
done
.TP
.B 1
something broke
.TP
.B 2
not understood: command, flag, argument or configuration; nothing was started
.TP
.B 3
understood, and the answer is no
.TP
.B 4
only the owner may
.TP
.B 5
nobody is there: the role does not run
.TP
.B 130
interrupted before the answer came
.SH FILES
.TP
.I /etc/quietstat/quietstat.toml
the wiring and the limits of the house
.TP
.I /var/lib/quietstat
state, ledger and history
.TP
.I /run/quietstat
the sockets
.SH WHEN EVERYTHING IS DEAD
systemd runs
.B quietstat safe\-outputs
whenever control has ended, however it ended, and it can be run by hand: it drives every relay that is configured to its safe level and needs no other part of quietstat.
A Raspberry Pi's kernel keeps its pins as they were when a program dies, and no software alone is a safety device: put an independent high\-limit thermostat in series with the heating relay.
.SH SEE ALSO
.BR quietstat.toml (5),
.BR systemctl (1),
.BR journalctl (1)
`

// configurationPage is quietstat.toml(5), from the comments of the example.
func configurationPage() []byte {
	b := new(bytes.Buffer)
	fmt.Fprintf(b, ".\\\" Made from reference.toml: go test ./agent -run TestManual -update\n")
	fmt.Fprintf(b, ".TH QUIETSTAT.TOML 5\n.SH NAME\nquietstat.toml \\- wiring and limits of one house\n.SH DESCRIPTION\n")
	var comment []string
	told := func() {
		for _, line := range comment {
			if line == "" {
				fmt.Fprintln(b, ".PP")
			} else {
				fmt.Fprintln(b, roff(line))
			}
		}
		comment = nil
	}
	for line := range strings.Lines(string(config.Example())) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, "#"):
			text := strings.TrimPrefix(strings.TrimPrefix(line, "#"), " ")
			if strings.HasPrefix(text, "quietstat.toml: ") {
				text = strings.ToUpper(text[16:17]) + text[17:]
			}
			comment = append(comment, text)
		case strings.HasPrefix(line, "["):
			fmt.Fprintf(b, ".SH %s\n", roff(line))
			told()
		case line == "":
			told()
		default:
			fmt.Fprintf(b, ".TP\n.B %s\n", strings.ReplaceAll(roff(line), `"`, `\(dq`))
			told()
		}
	}
	told()
	fmt.Fprintf(b, ".SH SEE ALSO\n.BR quietstat (1)\n")
	return b.Bytes()
}

// completion is what bash may offer after each command.
func completion() []byte {
	b := new(bytes.Buffer)
	b.WriteString(`# bash completion for quietstat
# Made from the command tree: go test ./agent -run TestManual -update

_quietstat() {
	local -A after=(
`)
	everyCommand(tree(), "", func(path string, c *command, flags *flag.FlagSet) {
		words := c.names()
		for _, f := range flagsOf(flags) {
			words = append(words, "--"+f.Name)
		}
		fmt.Fprintf(b, "\t\t[%q]=%q\n", path, strings.Join(append(words, "--config", "--runtime", "--help"), " "))
	})
	b.WriteString(`	)
	local path=quietstat current=${COMP_WORDS[COMP_CWORD]} word
	for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		if [ -n "$word" ] && [ -n "${after[$path $word]+is}" ]; then
			path="$path $word"
		fi
	done
	COMPREPLY=($(compgen -W "${after[$path]}" -- "$current"))
}
complete -o default -F _quietstat quietstat
`)
	return b.Bytes()
}

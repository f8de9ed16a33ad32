package main

import (
	"fmt"
	"log/slog"
	"path/filepath"

	"quietstat/agent/internal/config"
	"quietstat/agent/internal/local"
	"quietstat/agent/internal/mqtt"
	"quietstat/agent/internal/notify"
	"quietstat/agent/internal/voice"
	"quietstat/consent"
)

func voiceCommand() *command {
	return role("voice", "The role that hears voice sessions begin and end, on this device alone.", runVoice)
}

func runVoice(c *roleFlags, s *surroundings) error {
	conf, err := c.load(s)
	if err != nil {
		return err
	}
	if !conf.Voice.Configured() {
		return fmt.Errorf("no voice stack is configured, so there is nothing to hear; add a table such as [voice.lva] to %s", s.configPath)
	}
	notifier, err := notify.FromEnvironment()
	if err != nil {
		return err
	}
	log := c.logger(s, "voice")
	adapters, err := voiceAdapters(conf.Voice, log)
	if err != nil {
		return err
	}
	r := voice.Role{Socket: filepath.Join(conf.State.Runtime, local.VoiceSocket), Adapters: adapters, Log: log}
	return r.Run(s.ctx, func() {
		if err := notifier.Ready(); err != nil {
			log.Warn("telling the service manager", "problem", err)
		}
	})
}

// voiceStacks is where each voice stack is that the keeper could hear, so that nobody
// can be a recipient there.
func voiceStacks(v config.Voice) map[consent.Source]string {
	stacks := map[consent.Source]string{}
	for source, address := range map[consent.Source]string{consent.SourceLVA: v.LVA, consent.SourceWyoming: v.Wyoming, consent.SourceHermes: v.Hermes.Broker, consent.SourceOVOS: v.OVOS} {
		if address != "" {
			stacks[source] = address
		}
	}
	return stacks
}

// voiceAdapters makes one adapter for each configured voice stack.
func voiceAdapters(v config.Voice, log *slog.Logger) (adapters []voice.Adapter, err error) {
	add := func(a voice.Adapter, failed error) {
		if failed != nil && err == nil {
			err = failed
		}
		adapters = append(adapters, a)
	}
	if v.LVA != "" {
		add(voice.NewLVA(v.LVA, log))
	}
	if v.Wyoming != "" {
		add(voice.NewWyoming(v.Wyoming, v.Wake, log))
	}
	if v.Handle != "" {
		add(voice.NewWyomingHandle(v.Handle, log))
	}
	if v.OVOS != "" {
		add(voice.NewOVOS(v.OVOS, log))
	}
	if v.Hermes.Broker != "" {
		add(hermesAdapter(v.Hermes, log))
	}
	return adapters, err
}

func hermesAdapter(h config.Hermes, log *slog.Logger) (voice.Adapter, error) {
	username, err := mqtt.ReadSecret(h.UsernameFile)
	if err != nil {
		return nil, err
	}
	password, err := mqtt.ReadSecret(h.PasswordFile)
	if err != nil {
		return nil, err
	}
	broker := &mqtt.Listener{Address: h.Broker, Username: username, Password: password}
	return voice.NewHermes(broker, h.Sites, voice.HermesIntents(h.Intents), log), nil
}

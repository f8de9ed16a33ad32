package control

import (
	"context"
	"errors"
	"net"

	"golang.org/x/sync/errgroup"

	"quietstat/agent/internal/clock"
	"quietstat/agent/internal/config"
	"quietstat/agent/internal/local"
	"quietstat/hvac"
)

// supervise runs the parts of the role until the loop ends, and tells the service
// manager once all of them do their work.
func (r *role) supervise(ctx context.Context, control net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	tasks := append([]Task{r.keeping(cancel, r.config)}, r.beside(control, r.config)...)
	var parts errgroup.Group
	for _, t := range tasks {
		parts.Go(func() error { return t.Run(ctx) })
	}
	parts.Go(func() error {
		for _, t := range tasks {
			select {
			case <-t.Ready():
			case <-ctx.Done():
				return nil
			}
		}
		r.tell("ready", Notifier.Ready)
		return nil
	})
	return parts.Wait()
}

// tell tells the service manager, if there is one.
func (r *role) tell(what string, say func(Notifier) error) {
	if r.notify == nil {
		return
	}
	if err := say(r.notify); err != nil {
		r.log.Warn("the service manager could not be told", "what", what, "cause", err)
	}
}

// keeping is the loop's task. Its end is the end of all others, and the relays are
// safe before any of them is waited for.
func (r *role) keeping(end context.CancelFunc, c *config.Config) Task {
	return newTask("loop", func(ctx context.Context, ready func()) (err error) {
		defer end()
		defer func() { err = errors.Join(err, r.board.SetRelays(hvac.Outputs{})) }()
		return survive(ctx, func(ctx context.Context) error { return r.keep(ctx, c, ready) })
	})
}

func (r *role) keep(ctx context.Context, c *config.Config, ready func()) error {
	if r.link != nil {
		r.scheduled("virtual clock")
		k := lockstep{loop: r.loop, link: r.link, saver: r.saver, plan: &planner{desk: &r.desk}, letGo: r.letGo, period: c.Sensor.Period,
			finish: func(now clock.Instant) {
				r.finish(r.loop.tuner.session.Load(), now)
				r.calibration.look(now.Boot)
			}}
		return k.run(ctx, ready)
	}
	ask, rest := schedule, settle
	if !c.Control.Realtime {
		ask, rest = func() string { return "ordinary scheduling: control.realtime is false" }, func() {}
	}
	return r.loop.onRealClock(ctx, c.Control.Period, ask, rest, func(realtime string) {
		r.scheduled(realtime)
		ready()
	})
}

// scheduled notes how the loop is scheduled.
func (r *role) scheduled(how string) { r.note(func(f *facts) { f.realtime = how }) }

// note changes the facts. The loop does it too, so it must not wait for a reload,
// which reads a file.
func (r *role) note(change func(*facts)) {
	for {
		old := r.facts.Load()
		f := *old
		change(&f)
		if r.facts.CompareAndSwap(old, &f) {
			return
		}
	}
}

// beside are the parts that serve the loop. Under a virtual clock the loop does
// the work of most of them itself.
func (r *role) beside(control net.Listener, c *config.Config) []Task {
	h := herald{news: r.news, changed: r.loop.changed, log: r.log}
	tasks := []Task{helper("log", r.log, h.run)}
	if control != nil {
		tasks = append(tasks, r.serving(control))
	}
	if r.link != nil {
		return tasks
	}
	s := sampler{board: r.board, now: r.now, period: c.Sensor.Period, wanted: r.loop.sample, sampled: r.loop.sampled,
		outcome: func(err error) { r.complaint.note(err, r.log) }}
	tasks = append(tasks, helper("climate sensor", r.log, s.run), helper("state file", r.log, r.saver.run))
	tasks = append(tasks, helper("tuning", r.log, r.evaluating), helper("recorder", r.log, r.loop.recorder.run), helper("calibration", r.log, r.watching))
	p := planner{desk: &r.desk, wake: r.loop.replan}
	tasks = append(tasks, helper("schedule", r.log, p.run))
	for i, input := range r.board.Tasks(clock.Boottime) {
		// A Task of the drivers runs once; every start takes a new one.
		tasks = append(tasks, helper(input.String(), r.log, func(ctx context.Context) error {
			return r.board.Tasks(clock.Boottime)[i].Run(ctx)
		}))
	}
	return tasks
}

// serving is control.sock. Its listener came from outside and cannot be opened
// again from here, so its loss lasts until the next start; heating goes on.
func (r *role) serving(control net.Listener) Task {
	server := local.Server{Name: "control", Verbs: r.verbs()}
	return newTask("control.sock", func(ctx context.Context, ready func()) error {
		ready()
		if err := server.Serve(ctx, control); err != nil {
			r.log.Error("control.sock is closed until the next start; heating goes on", "cause", err)
		}
		return nil
	})
}

// status is the present Status.
func (r *role) status() local.Status {
	news := r.news.read()
	s := status(r.facts.Load(), r.desk.load(), &news, r.saver.trouble())
	r.tuned(&s)
	r.calibration.tell(&s)
	r.loop.shadow.tell(&s, &news)
	s.SensorProblem = r.complaint.text()
	return s
}

// Package household decides how warm people want it: what they asked for today, and
// what they have written down for the week. It is pure: the wall clock is an
// argument that says whether it can be trusted, and a time zone is another.
//
//	plan := household.NewPlan(settings, zone, at) // when settings change, and every hour
//	target := plan.Resolve(at, last)              // at every tick; allocates nothing
//	last = target.Level
//
// The same arguments give the same plan and the same target, and none makes them panic.
//
// # Who stands above whom
//
//	boost      the setpoint below it and some kelvin, for minutes
//	hold       a temperature or a preset, until the next transition, for a time, or
//	           until somebody ends it
//	vacation   from an instant to an instant; a hold from before it waits until it is
//	           over, one that is asked for during it stands above it
//	schedule   the last transition of the week that is past
//	base       where there is no schedule
//
// The result is kept within Limits, which is the thermostat's own range. The child
// lock bounds what people ask for: a temperature outside it is refused wherever it
// is written, and base, hold and boost are kept within it. A week that was written
// before the lock goes on as it is, because a night at 16 °C is no child's doing.
//
// # The week
//
// A schedule is a list of lines "DAYS HH:MM WHAT", in local time:
//
//	mon-fri  06:30  home      a preset, whose temperature can be changed in one place
//	sat,sun  08:00  21.5      or a temperature
//	daily    22:00  sleep     or weekdays, weekend
//
// It repeats for ever, over the ends of months and years. A local time that does not
// exist, because clocks go forward over it, happens at the moment they do. One that
// exists twice, because clocks go back, happens the first time only. If several
// transitions meet in one moment that way, the latest by its local time counts.
//
// # The clock
//
// A Raspberry Pi has no clock chip. While the wall clock cannot be trusted the
// schedule and the vacation keep what they asked for last, also across a restart, and
// say so (ClockUntrusted); with nothing to remember, base holds. Boosts and holds for a
// time run on CLOCK_BOOTTIME and need no wall clock.
//
// A restart costs them nothing they can know about. If the wall clock was trusted when
// the state was saved and is trusted again, they end at the minute that was asked for,
// however long the power was off. If not, only the time the program ran is counted,
// and what may have passed since the last save (ten minutes, nothing after a clean
// end) is taken off first. So, on a disk that takes what it is given, neither ever
// runs for longer than was asked.
//
// # Cooling
//
// Every preset has one temperature for heating and one for cooling, because away
// means colder in winter and warmer in summer. Mode cool uses the second, every other
// mode the first; in mode auto cooling begins Params.HeatCoolDifference above. A boost
// makes it warmer, in mode cool colder.
package household

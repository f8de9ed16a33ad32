/*
 * The gate, its uplink, somebody who closes and a keeper that dies, as processes
 * that may be interleaved in every way there is. `scripts/check-model` has spin look
 * at all of them, and at one mutation for each reason why they are safe.
 *
 *   core      gives itself a reason to share (a press), opens a window, decides,
 *             writes the intent, hands over; takes note of a closing some time after
 *             it was asked for, which may be late (a disk that hangs)
 *   listener  the uplink's ear: on Shut, or the end of its link, it shuts the fence
 *             at the socket, waits for a write that is under way, and says Closed
 *   carrier   the uplink's hand: every message to the socket, behind that fence
 *   closer    anybody who closes: takes the line from the keeper's fence, asks, waits
 *             for the word, kills when it does not come, and only then returns
 *   crash     the keeper ends, or the power does, at any moment, and comes back closed
 *
 * Time is not modelled: what could take too long may always take too long. Bytes
 * have left when they are written: what the socket still holds when it is closed is
 * discarded (SO_LINGER 0), so nothing leaves later.
 *
 * Properties, and the mutations (-D) that break them:
 *   P1  no PUBLISH after a closing has returned, until somebody gives a new reason
 *         NO_FENCE   the carrier does not look at the fence at the socket
 *         NO_WAIT    Closed is said while a write is under way
 *         NO_NOTE    the fence lets in and out before the core has noted a closing
 *         NO_CONFIRM the closer does not wait for the word
 *   P2  bytes left implies an intent on the disk
 *         NO_INTENT  the message is handed over when the disk has not taken the intent
 *   P3  a closing always returns
 *         NO_KILL    the closer waits for the word for ever
 *   P4  what was decided in one window does not leave in another
 *         NO_EPOCH   neither end looks at the window's number
 */

#ifndef MESSAGES
#define MESSAGES 2
#endif
#ifndef WINDOWS
#define WINDOWS 2
#endif

#ifdef NO_NOTE
#define pending false           /* the fence does not mind what the core has not noted */
#else
#define pending unnoted
#endif

mtype = { frame, ask };

/* what the keeper knows */
bool keeper = true;             /* its process lives */
bool basis = true;              /* a reason to share, given by somebody in the room */
bool window = false;            /* the core holds it open */
byte epoch = 0;
byte decided = 0;
bool intent[MESSAGES + 1];      /* on the disk */
bool line = false;              /* the fence holds a line */
byte line_epoch = 0;
bool unnoted = false;           /* a closing the core has not taken note of */

/* what the uplink knows */
chan link = [1] of { mtype, byte, byte };       /* kind, epoch, message */
chan jobs = [1] of { byte, byte };              /* epoch, message */
bool alive = false;             /* its process lives */
bool fenced = true;             /* the fence at the socket is shut */
bool writing = false;           /* a write is under way */
bool word = false;              /* it has said Closed */
byte up_epoch = 0;
byte life = 0;                  /* number of its process */

/* what is promised */
bool closing = false;
bool silent = false;            /* a closing has returned, and no new reason was given */
byte opened = 0;
byte crashes = 0;

proctype carrier(byte mine) {
	byte e, m;
	do
	:: atomic { alive && life == mine && jobs?[e, m] -> jobs?e, m };
		atomic {
			if
			:: !alive || life != mine -> break
#ifndef NO_FENCE
			:: alive && life == mine && fenced -> goto next
#endif
#ifndef NO_EPOCH
			:: alive && life == mine && e != up_epoch -> break
#endif
			:: else -> writing = true
			fi
		};
		atomic {                        /* the write itself, or the kill before it */
			if
			:: alive && life == mine ->
				assert(!silent);                /* P1 */
				assert(intent[m]);              /* P2 */
				assert(e == up_epoch);          /* P4 */
				writing = false
			:: else -> break
			fi
		};
next:		skip
	:: !alive || life != mine -> break
	od
}

proctype listener(byte mine) {
	mtype kind; byte e, m;
	do
	:: atomic { alive && life == mine && link?[kind, e, m] -> link?kind, e, m };
		if
		:: kind == frame ->
			if
			:: nfull(jobs) -> jobs!e, m
			:: full(jobs) -> break          /* more than it may hold: it gives up */
			fi
		:: kind == ask -> break
		fi
	:: alive && life == mine && (!keeper || !line) && empty(link) -> break /* end of the link */
	:: alive && life == mine -> break               /* recipient lost, lease run out */
	:: !alive || life != mine -> goto gone
	:: alive && life == mine -> false               /* it is stopped, and never goes on */
	od;
	if
	:: life == mine -> fenced = true
	:: else -> goto gone
	fi;
#ifndef NO_WAIT
	!writing || !alive || life != mine;
#endif
	atomic {
		if
		:: alive && life == mine -> word = true
		:: else
		fi
	};
	/* It lives on a while with its fence shut, as a process that exits does. */
	if
	:: atomic { alive && life == mine && !writing -> alive = false }
	:: !alive || life != mine
	fi;
gone:	skip
}

proctype core() {
	byte e, m;
	do
	/* a press in the room; a closing that was asked for is noted first */
	:: atomic { keeper && !basis && !unnoted && !closing && opened < WINDOWS -> basis = true; silent = false }
	/* open: a new process, a new number, whatever is left of the last one is killed */
	:: atomic { keeper && basis && !window && !line && !pending && opened < WINDOWS ->
		opened++; epoch++; life++; window = true;
		do
		:: nempty(link) -> link?_, _, _
		:: nempty(jobs) -> jobs?_, _
		:: empty(link) && empty(jobs) -> break
		od;
		line = true; line_epoch = epoch;
		alive = true; fenced = false; writing = false; word = false; up_epoch = epoch;
		run carrier(life); run listener(life) }
	/* a window whose line is gone is over */
	:: atomic { keeper && window && !line && !pending -> window = false }
	/* decide, note, hand over */
	:: atomic { keeper && window && decided < MESSAGES -> decided++; m = decided; e = epoch };
		if
		:: keeper -> intent[m] = true
		:: atomic { true -> window = false }    /* the disk did not take it: closed */
#ifndef NO_INTENT
			; goto on
#endif
		fi;
		atomic {                                /* under the fence's lock */
			if
#ifdef NO_EPOCH
			:: keeper && line && !pending && nfull(link) -> link!frame, e, m
#else
			:: keeper && line && line_epoch == e && !pending && nfull(link) -> link!frame, e, m
#endif
			:: else
			fi
		};
on:		skip
	/* take note of a closing, at some time */
	:: atomic { keeper && unnoted -> unnoted = false; window = false; basis = false }
	:: timeout -> break
	od
}

proctype closer() {
	bool mine;
	atomic { closing = true; unnoted = true; mine = line; line = false };
	if
	:: mine ->
		atomic {
			if
			:: nfull(link) -> link!ask, 0, 0
			:: full(link)           /* it reads the end of the link instead */
			fi
		};
#ifndef NO_CONFIRM
		do
		:: word -> break
		:: !alive -> break
		:: !keeper -> goto lost
#ifndef NO_KILL
		:: atomic { alive -> alive = false; fenced = true; writing = false }; break
#endif
		od
#endif
	:: !mine -> skip
	fi;
	if
	:: keeper -> atomic { silent = true; closing = false; goto returned }
	:: !keeper -> skip
	fi;
lost:	closing = false;        /* the keeper died meanwhile: nobody returns */
returned:
	skip
}

/* A keeper that dies takes its link and what it knew with it; a power cut takes the
 * uplink too. What is on the disk stays. It comes back closed. */
proctype crash() {
	do
	:: atomic { keeper && crashes == 0 && !closing ->
		crashes++; keeper = false; line = false; window = false; basis = false; unnoted = false;
		if
		:: alive = false; fenced = true; writing = false
		:: skip
		fi };
		!alive;                 /* within the lease, 100 ms */
		atomic { keeper = true }
	:: break
	od
}

init { atomic { run core(); run closer(); run crash() } }

/* P3 */
ltl returns { [] (closing -> <> !closing) }

/* A model of mutex.futex.robust (backends/src/mutex/robust_futex_lock.cpp): USERS threads take the lock
 * ROUNDS times; each may die before any of its steps. A step is one atomic operation or one system call.
 *
 * Proved, over all interleavings:
 *   - never two living holders;
 *   - an owner is told "from the dead" if and only if the last one died while it held the lock;
 *   - nobody waits for ever: whoever is alive gets through all its rounds (ltl nobody_hangs).
 * With -DNO_DEATHS nobody dies and a sleeper wakes only when it is woken: no wake-up is lost.
 * With -DSIGNALS sleepers are interrupted at any time, again and again; then a clock tells when it is time to look.
 * Not in it: deadlines, ids that come again, memory that is weaker than the word's own order.
 * -DPLANT=1..6 plants a bug, each of which the checker must find (tests/model/check.sh).
 */
#ifndef USERS
#define USERS 3
#endif
#ifndef ROUNDS
#define ROUNDS 2
#endif
#ifndef PLANT
#define PLANT 0
#endif
#define FREE 0

byte holder = FREE; /* the word: who holds it, as 1..USERS... */
bool sleepers;      /* ...and whether somebody may sleep */

bool dead[USERS + 1];
bool asleep[USERS + 1]; /* in futex_wait(2) */
bool due[USERS + 1];    /* it is time to look whether the holder lives */

byte inside;  /* living users in the critical section */
byte finished; /* users that got through, or died */
bool torn;    /* ghost: what the lock guards is half written */

#ifdef NO_DEATHS
#define MAY_DIE skip
#define SLICE_ENDS false
#else
/* Dying takes its place in the kernel's books as well: nobody asleep remains. */
#define MAY_DIE                                                          \
  if                                                                     \
  :: true                                                                \
  :: atomic { true -> inside = inside - in_it; dead[me] = true; asleep[me] = false; goto ended } \
  fi
#ifdef SIGNALS
#define SLICE_ENDS false
#else
#define SLICE_ENDS true
#endif
#endif
#ifdef SIGNALS
#define INTERRUPTED true
#else
#define INTERRUPTED false
#endif

/* Wakes one of those asleep, whichever. */
inline wake_one() {
  if
  :: asleep[1] -> asleep[1] = false
#if USERS > 1
  :: asleep[2] -> asleep[2] = false
#endif
#if USERS > 2
  :: asleep[3] -> asleep[3] = false
#endif
  :: else
  fi
}

proctype User(byte me) {
  byte round = 0, seen;
  bool seen_sleepers, told;
  bit in_it = 0;

  do
  :: round == ROUNDS -> break
  :: else ->
    told = false;
    due[me] = false;
    MAY_DIE;
    if /* lock(): free -> mine */
    :: atomic { holder == FREE && !sleepers -> holder = me; goto acquired }
    :: atomic { !(holder == FREE && !sleepers) }
    fi;

wait:
    MAY_DIE;
    atomic { seen = holder; seen_sleepers = sleepers } /* one 64-bit load */
    if
    :: seen == FREE ->
      MAY_DIE;
      if
      :: atomic { holder == FREE && sleepers == seen_sleepers ->
           holder = me;
#if PLANT != 1 /* 1: who has slept forgets the others */
           sleepers = true;
#endif
           goto acquired }
      :: atomic { !(holder == FREE && sleepers == seen_sleepers) -> goto wait }
      fi
    :: else
    fi;
    if
    :: !seen_sleepers ->
      MAY_DIE;
      if
      :: atomic { holder == seen && !sleepers ->
#if PLANT != 2 /* 2: sleeps without saying so */
           sleepers = true;
#endif
           seen_sleepers = true }
      :: atomic { !(holder == seen && !sleepers) -> goto wait }
      fi
    :: else
    fi;
    MAY_DIE;
    /* futex_wait: compares and sleeps in one step */
    if
#if PLANT == 2
    :: atomic { holder == seen -> asleep[me] = true }
#else
    :: atomic { holder == seen && sleepers == seen_sleepers -> asleep[me] = true }
#endif
    :: atomic { !(holder == seen && sleepers == seen_sleepers) -> goto wait }
    fi;
    MAY_DIE;
    do
    :: atomic { !asleep[me] -> break }
    :: atomic { SLICE_ENDS && asleep[me] -> asleep[me] = false; due[me] = true; break }
    :: atomic { INTERRUPTED && asleep[me] -> asleep[me] = false;
#if PLANT == 6 /* 6: an interruption begins a new slice */
         due[me] = false;
#endif
         break }
    od;
    MAY_DIE;
    if
#if PLANT == 5 /* 5: does not look whether the holder lives */
    :: false ->
#else
    :: due[me] && dead[seen] ->
#endif
      MAY_DIE;
#if PLANT == 3 /* 3: takes it without looking whether somebody else has */
      atomic { holder = me; sleepers = true; told = true; goto acquired }
#else
      if
      :: atomic { holder == seen && sleepers == seen_sleepers ->
           holder = me; sleepers = true; told = true; goto acquired }
      :: atomic { !(holder == seen && sleepers == seen_sleepers) }
      fi
#endif
    :: else
    fi;
    goto wait;

acquired:
    /* Ghost variables; no step of the algorithm. */
    atomic { inside++; in_it = 1; assert(inside == 1); assert(told == torn); torn = true }
    MAY_DIE; /* in the middle of an update */
    atomic { torn = false; in_it = 0; inside--;
      /* unlock(): one exchange */
      seen_sleepers = sleepers; holder = FREE; sleepers = false }
    MAY_DIE;
    if
#if PLANT == 4 /* 4: never wakes */
    :: false
#else
    :: seen_sleepers -> atomic { wake_one() }
#endif
    :: else
    fi;
    round++
  od;
ended:
  finished++
}

#ifdef SIGNALS
proctype Clock(byte whose) {
  do
  :: !due[whose] -> due[whose] = true
  :: finished == USERS -> break
  od
}
#endif

init {
  byte i = 1;
  atomic {
    do
    :: i > USERS -> break
    :: else -> run User(i);
#ifdef SIGNALS
       run Clock(i);
#endif
       i++
    od
  }
}

ltl nobody_hangs { <> (finished == USERS) }

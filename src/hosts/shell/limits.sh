# Time limits.
# What may block on a disk, a network or a daemon runs in a shell of its own. A watchdog looks every second which one runs, and ends
# it with all that it started when its time is up: even what cannot be killed then holds nobody but itself.

# guard SECONDS COMMAND…: fails where the time was up.
guard() {
  number=$((number + 1))
  seconds=$1
  shift
  {
    guarded=yes
    "$@"
  } 4>"$stage" &
  child=$!
  note now "$number $seconds $child"
  # posh now and then comes back from "wait" too early.
  while
    wait "$child" 2>/dev/null
    worked=$?
    [ "$worked" -ne 127 ] && kill -0 "$child" 2>/dev/null
  do :; done
  child=
  : >"$tmp/now"
  [ "$worked" -eq 99 ] && end 1
  [ "$worked" -le 128 ] && [ ! -e "$tmp/late$number" ] || return 1
  flush
}

watchdog() {
  trap - HUP INT TERM EXIT
  before=
  passed=0
  while :; do
    sleep 1 || [ $? -lt 126 ] || exit
    now=
    { read -r now <"$tmp/now"; } 2>/dev/null
    if ! kill -0 $$ 2>/dev/null; then
      [ "$now" ] && stop "${now##* }"
      rm -rf "$tmp"
      exit
    fi
    if [ "$now" ] && [ "$now" = "$before" ]; then passed=$((passed + 1)); else passed=0; fi
    before=$now
    now=${now#* }
    if [ "$before" ] && [ "$passed" -ge "${now%% *}" ]; then
      : >"$tmp/late${before%% *}"
      stop "${now##* }"
    fi
  done
}

# Ends a process and all below it: what it started may hold its pipes open. What is killed in the end is still the same process.
stop() {
  doomed=$(table | family "$1")
  kill -TERM $(first_words "$doomed") 2>/dev/null
  sleep 1
  left=$({ printf '%s\n' "$doomed"; echo; table; } | awk '
    NF == 0 { rest = 1 }
    rest && ($1 " " $3) in doomed { print $1 }
    !rest { doomed[$1 " " $2] }')
  [ "$left" ] && kill -KILL $left 2>/dev/null
}

first_words() { for one in $1; do echo "${one%% *}"; done; }

# All processes: number, parent, and when it was started.
table() {
  if [ -r /proc/self/stat ]; then
    set +f
    for one in /proc/[0-9]*/stat; do
      line=
      { read -r line <"$one"; } 2>/dev/null
      one=${one#/proc/}
      echo "${one%/stat} ${line##*") "}"
    done | awk '{ print $1, $3, $21 }'
    set -f
  else
    ps -A -o pid= -o ppid= -o lstart= | awk '{ print $1, $2, $3 $4 $5 $6 $7 }'
  fi
}

# Of such a table, a process and what is below it: number, and when it was started.
family() {
  awk -v first="$1" '
    { parent[$1] = $2; started[$1] = $3 }
    END {
      for (pid in parent) {
        for (up = pid; up in parent && up != first && ++steps[pid] < 64; up = parent[up]);
        if (up == first) print pid, started[pid]
      }
    }'
}

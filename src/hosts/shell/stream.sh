# Answers to whoever reads our output: lines that begin with D are data, with E what a command said on stderr, and one that begins with
# A is the line of the manifest that they belong to. Each block begins on a new line, so that an empty line after data means that
# these end with a line break.

mark=D
complete=

# begin NONCE: only then is there a POSIX shell at the other end, and what came before was somebody's greeting.
begin() {
  exec 5<&0 4>&1 >/dev/null 2>&1
  tmp=
  trap finish EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 141' PIPE
  trap 'exit 143' TERM
  for one in /dev/shm /run "${TMPDIR:-/tmp}" /tmp; do
    tmp=$one/vdoctor.$1
    mkdir "$tmp" && break
    tmp=
  done
  printf '\n%s-%s\n' "vdoctor" "$1 $(date -u +%Y-%m-%dT%H:%M:%SZ)" >&4
  if [ -z "$tmp" ]; then
    printf 'F\n' >&4
    exit 1
  fi
  : >"$tmp/now"
  stage=$tmp/stage
  gently
  watchdog 4>&- 5<&- &
  dog=$!
  listen 4>&- &
  listener=$!
}

# Our input ends when the other end is gone: then all ends at once, and not only with the next answer.
listen() {
  trap - HUP INT TERM EXIT PIPE
  while read -r line; do :; done <&5
  kill -TERM $$
}

finish() {
  trap '' HUP INT TERM PIPE
  trap - EXIT
  [ "$child" ] && stop "$child"
  kill -KILL "${dog-}" "${listener-}"
  [ "$tmp" ] && rm -rf "$tmp"
  [ "$complete" ] && printf '\nZ\n' >&4
}

end() {
  [ -z "$guarded" ] || exit 99
  exit "$1"
}

append() { printf '\nA%s\n' "$1" >&4 || end 1; }

# What an answer that was guarded has written goes out when it is whole: a slow line does not count as a slow disk.
# One answer without data, as of a file that is not there, needs no process.
flush() {
  if { read -r first; read -r second; ! read -r third; } <"$stage"; then
    case $first$second in
    A*)
      printf '\n%s\n' "$second" >&4 || end 1
      return ;;
    esac
  fi
  cat "$stage" >&4 || end 1
}

folders() { :; }
drop() { :; }

keep() { if [ "$outer" ]; then tee "$tmp/outer" | sed 's/^/D/'; else sed 's/^/D/'; fi; }

glance() { keep; }
doubtful() { false; }

put() {
  printf '%s' "$2" >&4
  data='"most":1048576'
}

settle() { data="\"most\":$2"; }

said() {
  printf '\n' >&4
  printf '%s' "$2" | sed 's/^/E/' >&4
  data='"said":true'
}

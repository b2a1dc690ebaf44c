# How a POSIX shell puts the asks: reads only; loads, starts and opens nothing that was not already. After this come limits.sh, files.sh
# and commands.sh; what is done with the answers is in folder.sh (a bundle) and stream.sh (ssh). Those give:
#   append LINE      the line of the manifest that ends an answer; its data came before it
#   keep PLACE       takes the data from its input
#   glance PLACE     the same at less cost; where doubtful says so after it, they have to be given to keep once more
#   put PLACE TEXT   the same from a variable, in which each line begins with $mark
#   settle PLACE N   after the data: $data says where they are; fails, and drops them, where they are more than N bytes
#   drop PLACE       there are no data after all
#   said PLACE TEXT  what a command wrote to stderr; $data says where it is
#   flush            hands on what a guarded answer has put into $stage
#   end CODE         stops everything
# Needs: awk cat head ls mkdir rm sed sleep tail tee tr uname wc, and /proc or ps.
# Tried under dash, busybox, mksh, posh and bash on Linux; untested on FreeBSD and on RHEL 5 itself.

PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
LANG=C
TERM=dumb
export PATH LC_ALL LANG TERM
unset QUOTING_STYLE TIME_STYLE LS_BLOCK_SIZE BLOCK_SIZE BLOCKSIZE PS_FORMAT PS_PERSONALITY GREP_OPTIONS POSIXLY_CORRECT
umask 077
set -uf
# Lines are what lists are made of here, and names may hold blanks.
newline='
'
IFS=$newline

number=0
stage=/dev/null
outer=
guarded=
child=
cut=
dead=

# Last in line for the processor and the disk, first to go when memory runs out.
gently() {
  { echo 1000 >/proc/self/oom_score_adj || echo 15 >/proc/self/oom_adj; } 2>/dev/null
  renice 19 -p $$ >/dev/null 2>&1
  command -v ionice >/dev/null 2>&1 && ionice -c 3 -p $$ >/dev/null 2>&1
}

# A value as the inside of a JSON string, in $json. Most need no change, and so no process.
quote() {
  case $1 in
  *[!A-Za-z0-9_./:@+,=\ -]*)
    json=$(printf '%s' "$1" | tr -d '\000-\037\177' | sed 's/\\/\\\\/g; s/"/\\"/g') ;;
  *) json=$1 ;;
  esac
}

# note NAME TEXT: for the shell that waits, or for later. On a full disk nothing may look as if it were nothing.
note() { printf '%s\n' "$2" >"$tmp/$1" || end 1; }

# answer KEY FIELDS
answer() {
  [ "$outer" ] && note outcome ok
  append "{\"ask\":$1,\"outcome\":\"ok\",$2}"
}

# gap KEY KIND [DETAIL]
gap() {
  [ "$outer" ] && note outcome "$2"
  if [ "${3-}" ]; then
    quote "$3"
    append "{\"ask\":$1,\"outcome\":\"$2\",\"detail\":\"$json\"}"
  else
    append "{\"ask\":$1,\"outcome\":\"$2\"}"
  fi
}

# Why a path is not there: "absent" must be earned, every folder above it could be searched.
missing() {
  above=$2
  while [ "$above" ] && [ "$above" != / ]; do
    above=${above%/*}
    [ "$above" ] || above=/
    if [ -d "$above" ]; then
      if [ -x "$above" ]; then gap "$1" absent; else gap "$1" denied "permission denied"; fi
      return
    fi
  done
  gap "$1" absent
}

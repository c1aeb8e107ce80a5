# Sourced by scripts that start long work. `supervise command...` runs it in a
# process group of its own and returns its exit code; when the script itself is
# told to stop, the whole group is stopped and awaited before the script's EXIT
# trap cleans up. So nothing outlives the script.

child=

supervise() {
	local rc=0
	set -m
	"$@" &
	child=$!
	set +m
	wait "$child" || rc=$?
	child=
	return "$rc"
}

stop_child() {
	trap '' INT TERM HUP
	if [[ -n $child ]]; then
		kill -TERM -- "-$child" 2>/dev/null || true
		wait "$child" 2>/dev/null || true
	fi
	exit "$1"
}

trap 'stop_child 129' HUP
trap 'stop_child 130' INT
trap 'stop_child 143' TERM

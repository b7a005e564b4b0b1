# For sourcing: runs steps one by one with a log each, says in a line how each went, and shows the
# end of the log of one that failed. Progress inside a step is shown on a terminal only.

steps_passed=0
steps_failed=0
steps_log_dir=build

# steps_line WORD LABEL SECONDS
steps_line() {
    printf '  %-7s %-44s %5d s\n' "$1" "$2" "$3"
}

# run_step NAME LABEL COMMAND...: the log is build/NAME.log. Returns the command's exit code.
run_step() {
    local name=$1 label=$2 log="$steps_log_dir/$1.log" started=$SECONDS process status=0
    shift 2
    mkdir -p "$steps_log_dir"
    "$@" >"$log" 2>&1 </dev/null &
    process=$!
    trap 'kill "$process" 2>/dev/null; exit 130' INT TERM
    if [ -t 1 ]; then
        while kill -0 "$process" 2>/dev/null; do
            printf '\r\033[K  ...     %s  %s' "$label" "$(tail -n 1 "$log" | cut -c 1-70)"
            sleep 0.5
        done
        printf '\r\033[K'
    fi
    wait "$process" || status=$?
    trap - INT TERM
    if [ "$status" -eq 0 ]; then
        steps_line ok "$label" $((SECONDS - started))
    else
        steps_line FAILED "$label" $((SECONDS - started))
        echo "          exit code $status; the end of $log:"
        grep -vE '^ +Start +[0-9]+: | Test +#[0-9]+: .* Passed ' "$log" | tail -n 30 |
            sed 's/^/          | /'
    fi
    return "$status"
}

# step NAME LABEL COMMAND...: as run_step, and counts.
step() {
    if run_step "$@"; then
        steps_passed=$((steps_passed + 1))
    else
        steps_failed=$((steps_failed + 1))
        return 1
    fi
}

# configure_preset PRESET: a first build joins files, which halves it; a folder that somebody has
# configured already is left as it is.
configure_preset() {
    if [ -e "build/$1/CMakeCache.txt" ]; then
        cmake --preset "$1"
    else
        cmake --preset "$1" -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=8
    fi
}

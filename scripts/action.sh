#!/usr/bin/env bash
# The Action: finds out what to compare, installs eksa-lint from the Action's own source, and runs it on the checkout.
#
# The checkout holds what a stranger may have written. Nothing in it is imported, run or read as configuration: Python
# runs isolated (-I: no current folder, no PYTHON* variables, no user packages), pip runs in a folder of ours and
# reads no configuration file.
set -euo pipefail

readonly sarif="$RUNNER_TEMP/eksa-lint.sarif"

fail() {
  local line=${1//%/%25}
  printf '::error title=eksa-lint::%s\n' "${line//$'\n'/%0A}"
  exit 2
}

# Only questions about commits, which start no program that a repository could name.
commit() {
  GIT_NO_REPLACE_OBJECTS=1 GIT_NO_LAZY_FETCH=1 git rev-parse --verify --quiet --end-of-options "$1^{commit}"
}

count_parents() {
  # Asked of the object itself: a shallow clone hides the parents that it does not hold.
  GIT_NO_REPLACE_OBJECTS=1 git cat-file commit "$1" | sed '/^$/q' | grep --count '^parent ' || true
}

# Set `choice` to the words that tell eksa-lint what to compare.
choose() {
  if [[ -n ${EKSA_LINT_AGAINST:-} ]]; then
    choice=(--against="$EKSA_LINT_AGAINST")
  elif [[ $GITHUB_EVENT_NAME == pull_request ]]; then
    verify_merge_commit
    choice=(--from 'HEAD^1' --to HEAD)
  elif [[ -z ${EKSA_LINT_BEFORE:-} ]]; then
    fail "the event $GITHUB_EVENT_NAME does not say what to compare with; set the input against, such as origin/main"
  elif [[ $EKSA_LINT_BEFORE =~ ^0+$ ]]; then
    fail "this push made the branch, so nothing was there before; set the input against, such as origin/main"
  else
    choice=(--from="$EKSA_LINT_BEFORE" --to HEAD)
  fi
}

# The first parent of HEAD is the branch that the pull request goes to only in the merge commit that GitHub made.
verify_merge_commit() {
  local head
  head=$(commit HEAD) || fail "there is no commit in this folder; run actions/checkout before this step"
  if [[ $GITHUB_REF != refs/pull/*/merge || $head != "$GITHUB_SHA" || $(count_parents HEAD) != 2 ]]; then
    fail "HEAD is not GitHub's merge commit; leave ref of actions/checkout unset, or set the input against"
  fi
  commit 'HEAD^1' >/dev/null || fail "the checkout lacks what is compared with; set fetch-depth: 2 on actions/checkout"
}

find_python() {
  local name
  for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
    if "$name" -I -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
      printf '%s\n' "$name"
      return
    fi
  done
  fail "no Python 3.11 or later on the PATH; run actions/setup-python before this step" >&2
}

install() {
  local python
  python=$(find_python)
  (
    cd "$tools" &&
      "$python" -I -m venv environment &&
      PIP_CONFIG_FILE=/dev/null environment/bin/python -I -m pip install --quiet "$GITHUB_ACTION_PATH"
  ) || fail "eksa-lint could not be installed; the reason stands above"
}

# -I does not reach the processes in which pip builds.
unset PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONUSERBASE
export PIP_DISABLE_PIP_VERSION_CHECK=1

folder="$GITHUB_WORKSPACE/${EKSA_LINT_FOLDER:-.}"
[[ -d $folder ]] || fail "the workspace has no folder ${EKSA_LINT_FOLDER:-.}; set the input folder"
cd "$folder"
choose
tools=$(mktemp -d "$RUNNER_TEMP/eksa-lint.XXXXXX")
trap 'rm -rf "$tools"' EXIT
install

words=(check "${choice[@]}" --format github --output "sarif:$sarif")
if [[ -n ${EKSA_LINT_FAIL_ON:-} ]]; then
  words+=(--fail-on="$EKSA_LINT_FAIL_ON")
fi
rm -f "$sarif"
status=0
"$tools/environment/bin/python" -I "$tools/environment/bin/eksa-lint" "${words[@]}" || status=$?
if [[ -e $sarif ]]; then
  printf 'sarif=%s\n' "$sarif" >>"$GITHUB_OUTPUT"
fi
exit "$status"

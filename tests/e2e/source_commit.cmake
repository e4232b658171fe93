# What source_commit() says of a tree that is committed, changed, without git, inside another
# repository; and that the file is written only when the answer changes.
cmake_minimum_required(VERSION 3.25)
find_program(GIT git)
if(NOT GIT)
  message("SKIPPED: no git")
  return()
endif()

function(expect what pattern)
  execute_process(COMMAND ${CMAKE_COMMAND} -D SOURCE_DIR=${tree} -D OUT=${WORK_DIR}/commit.cpp
    -P ${SCRIPT} COMMAND_ERROR_IS_FATAL ANY)
  file(READ ${WORK_DIR}/commit.cpp text)
  if(NOT text MATCHES "return \"${pattern}\";")
    message(SEND_ERROR "${what}: expected ${pattern} in\n${text}")
  endif()
endfunction()

function(git)
  execute_process(COMMAND ${GIT} -c user.name=t -c user.email=t@t -c init.defaultBranch=main ${ARGV}
    WORKING_DIRECTORY ${tree} OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
endfunction()

set(digits "[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]")
set(tree ${WORK_DIR}/tree)
file(REMOVE_RECURSE ${WORK_DIR})
file(MAKE_DIRECTORY ${tree}/below)
set(ENV{GIT_CEILING_DIRECTORIES} ${WORK_DIR})  # this project's own repository is not the question

expect("a tree without git" unknown)
git(init --quiet)
expect("a repository without commits" unknown)
file(WRITE ${tree}/file "one")
git(add file)
git(commit --quiet -m one)
git(tag -a -m v1 v1)  # a tag does not take the place of the hash
expect("a commit" ${digits})
file(TIMESTAMP ${WORK_DIR}/commit.cpp before "%s")
execute_process(COMMAND ${CMAKE_COMMAND} -E sleep 1.1)
expect("the same commit" ${digits})
file(TIMESTAMP ${WORK_DIR}/commit.cpp after "%s")
if(NOT before EQUAL after)
  message(SEND_ERROR "an unchanged answer was written again")
endif()
file(WRITE ${tree}/untracked "a run, a note")
expect("an untracked file" ${digits})
file(WRITE ${tree}/file "two")
expect("a changed file" "${digits}-dirty")
set(tree ${WORK_DIR}/tree/below)
expect("a tree inside another repository" unknown)

# End to end: bash scripts that run the program as people do, against the simulator and a private
# database of their own. Exit code 77 is a skip. Everything together takes a few minutes.
function(wm_shell_test stem)
    add_test(NAME integration.${stem} COMMAND ${CMAKE_CURRENT_LIST_DIR}/${stem}.sh ${ARGN})
    set_tests_properties(integration.${stem} PROPERTIES TIMEOUT 900 LABELS integration
        SKIP_RETURN_CODE 77 ENVIRONMENT "WABAMIGRATE=$<TARGET_FILE:wabamigrate>")
endfunction()

wm_shell_test(whole_book)
wm_shell_test(check)
wm_shell_test(bad_input)
wm_shell_test(crash 20)
wm_shell_test(faults)
wm_shell_test(database_gone)
wm_shell_test(database_full)
wm_shell_test(nights)
# Its windows are seconds long: nothing beside it may keep the program from starting in time.
set_tests_properties(integration.nights PROPERTIES RUN_SERIAL ON)
wm_shell_test(programmatic)
wm_shell_test(calls)
wm_shell_test(audit)
wm_shell_test(templates)
wm_shell_test(registrations)
wm_shell_test(signals)
wm_shell_test(steering)
wm_shell_test(templates_command)
wm_shell_test(key_rotation)
wm_shell_test(together)
wm_shell_test(secrets)
wm_shell_test(plain_role)
add_test(NAME integration.sql_sources
    COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/sql_sources.py ${PROJECT_SOURCE_DIR})
set_tests_properties(integration.sql_sources PROPERTIES LABELS integration)
# Not the mutations themselves (minutes each), only that none has lost what it changes.
add_test(NAME integration.mutations COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/mutations.py --check)
set_tests_properties(integration.mutations PROPERTIES LABELS integration)
wm_shell_test(tls)
wm_shell_test(peer)
wm_shell_test(meta_spec)
wm_shell_test(prism)

# The crash test: a sample of all points here; all of them is a command of its own (CONTRIBUTING.md).
# A sanitizer's runtime has to come before whatever is preloaded.
set(preload $<TARGET_FILE:points>)
if(WABAMIGRATE_SANITIZE MATCHES address)
    execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=libasan.so
        OUTPUT_VARIABLE asan OUTPUT_STRIP_TRAILING_WHITESPACE)
    string(PREPEND preload "${asan} ")
endif()
add_test(NAME integration.torture COMMAND ${CMAKE_CURRENT_LIST_DIR}/torture.py --every 60 --pairs 3)
# A frozen worker at one point of each kind.
add_test(NAME integration.frozen
    COMMAND ${CMAKE_CURRENT_LIST_DIR}/frozen.py --paths embedded_signup --sample 8)
# Each keeps two processors busy by itself, and is begun first: the rest, three at a time since most of it
# waits for a good part of its time, fills what is left.
set_tests_properties(integration.torture integration.frozen PROPERTIES TIMEOUT 1800 PROCESSORS 2 COST 1000
    LABELS integration ENVIRONMENT
    "WABAMIGRATE=$<TARGET_FILE:wabamigrate>;WABAMIGRATE_POINTS_LIBRARY=${preload}")

# The HTML report in a headless browser: made-up books, then one of the program's own.
add_executable(page_maker page_maker.c)
target_link_libraries(page_maker PRIVATE wm_planner)
wm_shell_test(page $<TARGET_FILE:page_maker> ${CMAKE_BINARY_DIR}/page)
# The longest of the rest begin before it, or they would end long after it.
set_tests_properties(integration.page integration.peer integration.database_gone PROPERTIES COST 500)

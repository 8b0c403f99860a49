# The private database, with a real PostgreSQL (initdb a few times: some ten seconds).
add_executable(cluster_test cluster_test.c)
target_link_libraries(cluster_test PRIVATE wm_orchestrator PkgConfig::PQ PkgConfig::CUNIT)
add_test(NAME integration.cluster COMMAND cluster_test)
set_tests_properties(integration.cluster PROPERTIES TIMEOUT 300 LABELS integration)

# What a program that uses the library finds: find_package(share), target share::share.
include(CMakePackageConfigHelpers)
set(share_config_folder ${CMAKE_INSTALL_LIBDIR}/cmake/share)
install(TARGETS share EXPORT share_targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT share_targets NAMESPACE share:: DESTINATION ${share_config_folder})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/backends/include/share DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/share-config.cmake.in
                              ${CMAKE_CURRENT_BINARY_DIR}/share-config.cmake
                              INSTALL_DESTINATION ${share_config_folder})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/share-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/share-config.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/share-config-version.cmake
        DESTINATION ${share_config_folder})

# A Debian package of the release build: `make package` (cpack -G DEB). It has what `make install` installs, under /usr,
# and the files of component package: units, an example of the configuration, the user of the service.
include(GNUInstallDirs)

set(units ${CMAKE_BINARY_DIR}/package)
foreach(unit segue.service segue-retrain.service segue-retrain.timer)
  file(READ ${CMAKE_SOURCE_DIR}/deploy/${unit} text)
  string(REPLACE /usr/local/bin /usr/bin text "${text}")
  file(CONFIGURE OUTPUT ${units}/${unit} CONTENT "${text}" @ONLY)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/deploy/${unit})
  install(FILES ${units}/${unit} DESTINATION lib/systemd/system COMPONENT package EXCLUDE_FROM_ALL)
endforeach()
install(FILES deploy/debian/copyright docs/options.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT package
        EXCLUDE_FROM_ALL)
install(FILES deploy/debian/segue.toml DESTINATION /etc COMPONENT package EXCLUDE_FROM_ALL)

set(CPACK_PACKAGE_NAME segue)
set(CPACK_PACKAGE_CONTACT "The Segue authors <segue@example.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR OFF)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_CMAKE_PROJECTS
    "${CMAKE_BINARY_DIR};segue;Unspecified;/;${CMAKE_BINARY_DIR};segue;package;/")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION sound)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${CMAKE_BINARY_DIR}/${CMAKE_INSTALL_LIBDIR}/segue)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "passwd")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "fonts-noto-core")
set(CPACK_DEBIAN_COMPRESSION_TYPE zstd)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${CMAKE_SOURCE_DIR}/deploy/debian/conffiles ${CMAKE_SOURCE_DIR}/deploy/debian/postinst
    ${CMAKE_SOURCE_DIR}/deploy/debian/prerm ${CMAKE_SOURCE_DIR}/deploy/debian/postrm)
include(CPack)

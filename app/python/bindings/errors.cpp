// One exception class for each error code: wrong_use is segue.WrongUse, a segue.Error.
#include "app/python/bindings/errors.h"

#include <array>
#include <cctype>
#include <string>

#include "segue/base/error.h"

#include "app/python/bindings/bindings.h"

namespace segue::python {

namespace {

constexpr std::size_t kCodes = static_cast<std::size_t>(ErrorCode::exhausted) + 1;

// By code, for the translator. They live as long as the process.
std::array<PyObject*, kCodes> classes{};

// "wrong_use" -> "WrongUse"
std::string class_name(std::string_view code) {
  std::string name;
  bool starts = true;
  for (const char letter : code) {
    if (letter == '_') {
      starts = true;
      continue;
    }
    name += starts ? static_cast<char>(std::toupper(static_cast<unsigned char>(letter))) : letter;
    starts = false;
  }
  return name;
}

// Python's own exception that such an error is too, for code that catches that; nullptr for none.
PyObject* python_kind(ErrorCode code) {
  switch (code) {
    case ErrorCode::wrong_use:
    case ErrorCode::bad_input:
      return PyExc_ValueError;
    case ErrorCode::not_found:
      return PyExc_FileNotFoundError;
    case ErrorCode::no_space:
    case ErrorCode::io_failed:
      return PyExc_OSError;
    case ErrorCode::exhausted:
      return PyExc_MemoryError;
    default:
      return nullptr;
  }
}

nb::object new_class(const std::string& name, const char* doc, const nb::tuple& bases, std::string_view code) {
  nb::dict members;
  members["code"] = nb::str(code.data(), code.size());
  PyObject* made = PyErr_NewExceptionWithDoc(("segue." + name).c_str(), doc, bases.ptr(), members.ptr());
  if (made == nullptr) throw nb::python_error();
  return nb::steal(made);
}

// Sentences of the library name options as the command line has them: "--session-gap" is session_gap here.
std::string with_keywords(std::string_view message) {
  const auto is_word = [](char letter) {
    return letter == '_' || std::isalnum(static_cast<unsigned char>(letter)) != 0;
  };
  std::string text;
  for (std::size_t at = 0; at < message.size();) {
    const bool begins = at == 0 || message[at - 1] == ' ' || message[at - 1] == '(';
    const bool is_flag = begins && message.substr(at).starts_with("--") && at + 2 < message.size() &&
                         std::islower(static_cast<unsigned char>(message[at + 2])) != 0;
    if (!is_flag) {
      text += message[at++];
      continue;
    }
    for (at += 2; at < message.size() && (is_word(message[at]) || message[at] == '-'); ++at) {
      text += message[at] == '-' ? '_' : message[at];
    }
  }
  return text;
}

void raise(ErrorCode code, std::string_view message) {
  PyErr_SetObject(classes.at(static_cast<std::size_t>(code)), text_of(with_keywords(message)).ptr());
}

void translate(const std::exception_ptr& thrown, void*) {
  try {
    std::rethrow_exception(thrown);
  } catch (const Error& error) {
    raise(error.code(), error.what());
  }
}

}  // namespace

nb::object text_of(std::string_view text) {
  PyObject* made = PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace");
  if (made == nullptr) throw nb::python_error();
  return nb::steal(made);
}

void bind_errors(nb::module_& m) {
  const nb::object base =
      new_class("Error", "What Segue could not do, as one sentence. `code` names the kind of error.",
                nb::make_tuple(nb::handle(PyExc_Exception)), "");
  m.attr("Error") = base;
  for (std::size_t i = 0; i < kCodes; ++i) {
    const ErrorMeaning& meaning = meaning_of(static_cast<ErrorCode>(i));
    const std::string name = class_name(meaning.name);
    PyObject* const kind = python_kind(meaning.code);
    const nb::tuple bases = kind == nullptr ? nb::make_tuple(base) : nb::make_tuple(base, nb::handle(kind));
    nb::object made = new_class(name, nullptr, bases, meaning.name);
    m.attr(name.c_str()) = made;
    classes[i] = made.release().ptr();
  }
  nb::register_exception_translator(translate);
}

}  // namespace segue::python

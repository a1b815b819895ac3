// segue licences: what the program consists of besides its own code.
#include <array>

#include <fmt/format.h>

#include "segue/base/json.h"

#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "app/cli/components.h"
#include "app/web/assets.h"

namespace segue {

struct LicencesOptions {
  bool texts = false;
};

template <>
struct OptionsOf<LicencesOptions> {
  static constexpr std::string_view section = "licences";
  static constexpr std::array rows = {
      option<&LicencesOptions::texts>("texts", "Print the licence texts of what the web app bundles"),
  };
};
SEGUE_CHECK_OPTIONS(LicencesOptions);

namespace cli {
namespace {

struct Component {
  std::string name;
  std::string version;  // of a bundled package; linked libraries are those of the system
  std::string licence;
  std::string use;
};

std::vector<Component> all_components() {
  constexpr std::string_view kSubject = "components.json";
  std::vector<Component> components;
  const json::value document = parse_json(components_json(), kSubject);
  for (const json::value& entry : document.at("components").as_array()) {
    const json::object& fields = entry.as_object();
    components.push_back({.name = string_at(fields, "name", kSubject),
                          .version = "",
                          .licence = string_at(fields, "licence", kSubject),
                          .use = string_at(fields, "use", kSubject)});
  }
  for (const WebPackage& package : web_packages()) {
    components.push_back({.name = std::string(package.name),
                          .version = std::string(package.version),
                          .licence = std::string(package.licence),
                          .use = "bundled with the web app"});
  }
  return components;
}

json::value licences_document(const std::vector<Component>& components) {
  json::array list;
  for (const Component& one : components) {
    list.push_back({{"name", one.name}, {"version", one.version}, {"licence", one.licence}, {"use", one.use}});
  }
  return json::object{{"licence", "Apache-2.0"}, {"components", std::move(list)}};
}

class LicencesCommand final : public Command {
 public:
  std::string_view name() const override { return "licences"; }
  std::string_view summary() const override { return "Licences of the libraries in this program"; }
  std::string_view example() const override {
    return "  segue licences\n"
           "  segue licences --texts > NOTICES.txt";
  }

  void declare(Arguments& arguments) override { arguments.options(options_); }

  void run(Terminal& terminal) override {
    const std::vector<Component> components = all_components();
    if (options_.texts) {
      for (const WebPackage& package : web_packages()) {
        terminal.print(
            fmt::format("== {} {} ({})\n\n{}\n", package.name, package.version, package.licence, package.text));
      }
    } else if (terminal.json()) {
      terminal.print(licences_document(components));
    } else {
      Table table({"library", "version", "licence", "use"});
      for (const Component& one : components) table.add({one.name, one.version, one.licence, one.use});
      terminal.print("segue is licensed under Apache-2.0. It contains or uses:\n\n" + table.text());
    }
  }

 private:
  LicencesOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_licences_command() {
  return std::make_unique<LicencesCommand>();
}

}  // namespace cli
}  // namespace segue

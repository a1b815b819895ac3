#include "app/cli/command.h"
#include "app/cli/commands.h"

namespace segue::cli {

std::vector<std::unique_ptr<Command>> make_all_commands() {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(make_ingest_command());
  commands.push_back(make_train_command());
  commands.push_back(make_similar_command());
  commands.push_back(make_recommend_command());
  commands.push_back(make_radio_command());
  commands.push_back(make_journey_command());
  commands.push_back(make_map_command());
  commands.push_back(make_evaluate_command());
  commands.push_back(make_tune_command());
  commands.push_back(make_info_command());
  commands.push_back(make_index_command());
  commands.push_back(make_place_command());
  commands.push_back(make_compare_command());
  commands.push_back(make_distil_command());
  commands.push_back(make_export_command());
  commands.push_back(make_features_command());
  commands.push_back(make_serve_command());
  commands.push_back(make_retrain_command());
  commands.push_back(make_report_command());
  commands.push_back(make_token_command());
  commands.push_back(make_listens_command());
  commands.push_back(make_library_command());
  commands.push_back(make_demo_command());
  commands.push_back(make_licences_command());
  return commands;
}

}  // namespace segue::cli

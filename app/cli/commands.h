// The commands; each is defined in a file of its name.
#pragma once

#include <memory>

#include "app/cli/command.h"

namespace segue::cli {

std::unique_ptr<Command> make_ingest_command();
std::unique_ptr<Command> make_train_command();
std::unique_ptr<Command> make_similar_command();
std::unique_ptr<Command> make_recommend_command();
std::unique_ptr<Command> make_radio_command();
std::unique_ptr<Command> make_journey_command();
std::unique_ptr<Command> make_evaluate_command();
std::unique_ptr<Command> make_tune_command();
std::unique_ptr<Command> make_export_command();
std::unique_ptr<Command> make_features_command();
std::unique_ptr<Command> make_info_command();
std::unique_ptr<Command> make_index_command();
std::unique_ptr<Command> make_place_command();
std::unique_ptr<Command> make_compare_command();
std::unique_ptr<Command> make_distil_command();
std::unique_ptr<Command> make_map_command();
std::unique_ptr<Command> make_serve_command();
std::unique_ptr<Command> make_token_command();
std::unique_ptr<Command> make_library_command();
std::unique_ptr<Command> make_report_command();
std::unique_ptr<Command> make_retrain_command();
std::unique_ptr<Command> make_listens_command();
std::unique_ptr<Command> make_demo_command();
std::unique_ptr<Command> make_licences_command();

}  // namespace segue::cli

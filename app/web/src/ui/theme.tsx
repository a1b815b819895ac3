import { switchTheme, theme } from "../map/palette";
import { Icon } from "./icons";

export function ThemeSwitch() {
  return (
    <button type="button" class="round theme" aria-label={theme.value === "dark" ? "Switch to light theme" : "Switch to dark theme"} onClick={switchTheme}>
      <Icon name={theme.value === "dark" ? "sun" : "moon"} />
    </button>
  );
}

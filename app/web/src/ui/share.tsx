// Copies the address, which holds all that is shown.
import { useState } from "preact/hooks";
import { Icon } from "./icons";

export function Share() {
  const [message, setMessage] = useState("");
  const share = async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      setMessage("Link copied");
    } catch {
      setMessage("Copy the link from the address bar");
    }
  };
  return (
    <span class="row">
      <span class="told" role="status">{message}</span>
      <button type="button" class="link" onClick={() => void share()}><Icon name="share" size={16} /> Share</button>
    </span>
  );
}

import { mount } from "svelte";
import App from "./ui/App.svelte";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/ledger.css";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app to mount into");
mount(App, { target });

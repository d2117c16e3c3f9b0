import type { Page } from "playwright-core";

/** Errors, warnings and network requests of the page. */
export function collectMessages(page: Page): string[] {
  const said: string[] = [];
  page.on("pageerror", (error) => said.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) said.push(message.text());
  });
  page.on("request", (request) => {
    if (/^https?:/.test(request.url())) said.push(`request: ${request.url()}`);
  });
  return said;
}

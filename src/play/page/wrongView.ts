import type { WrongImage } from "../live/messages";

const SIDE = 28;

/** Shows test images that are classified wrongly, with label and prediction. */
export function wrongView(list: HTMLElement, count: HTMLElement) {
  return (images: readonly WrongImage[], total: number, of: number): void => {
    count.textContent = `${total} of ${of.toLocaleString("en-US")}`;
    list.replaceChildren(...images.map(item));
  };
}

function item({ pixels, label, predicted }: WrongImage): HTMLElement {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [SIDE, SIDE];
  const image = new ImageData(SIDE, SIDE);
  // Ink on paper, in light and dark.
  pixels.forEach((pixel, i) => image.data.set([255 - pixel, 255 - pixel, 255 - pixel, 255], 4 * i));
  canvas.getContext("2d")!.putImageData(image, 0, 0);
  const text = document.createElement("span");
  text.textContent = `${label} as ${predicted}`;
  const entry = document.createElement("li");
  canvas.setAttribute("aria-hidden", "true");
  entry.append(canvas, text);
  return entry;
}

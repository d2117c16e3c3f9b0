export * from "./data/imageSet";
export * from "./data/random";

import type { OfficialFile } from "../files/fetchFile";

const SVHN_ADDRESS = "http://ufldl.stanford.edu/housenumbers/";

/**
 * Files of the data sets that do not come with npm.
 *
 * @see torchvision's sources for SVHN's MD5 sums, https://www.cs.toronto.edu/~kriz/cifar.html for CIFAR's
 */
export const OFFICIAL_FILES: Readonly<Record<"svhn" | "cifar10", readonly OfficialFile[]>> = {
  svhn: [
    {
      name: "train_32x32.mat",
      address: SVHN_ADDRESS,
      bytes: 182_040_794,
      md5: "e26dedcc434d2e4c54c9b2d4a06d8373",
    },
    {
      name: "test_32x32.mat",
      address: SVHN_ADDRESS,
      bytes: 64_275_384,
      md5: "eb5a983be6a315427106f1b164d9cef3",
    },
  ],
  cifar10: [
    {
      name: "cifar-10-binary.tar.gz",
      address: "https://www.cs.toronto.edu/~kriz/",
      bytes: 170_052_171,
      md5: "c32a1d4ab5d03f1284b67883e8d87530",
    },
  ],
};

/** Advice for errors about missing files of a data set. */
export function officialFilesHint(dataset: keyof typeof OFFICIAL_FILES): string {
  return `"npx tdnc data ${dataset}" downloads missing files; --data names another folder`;
}

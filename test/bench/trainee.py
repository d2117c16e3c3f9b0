# The benchmark's other side: the original's loop in PyTorch, answering requests.
#
#   python3 test/bench/trainee.py THREADS [cpu|cuda] [default|channels_last]
#
# reads one JSON request a line ({"operation", "network", "count"}; see traineeProcess.ts) and
# answers each with a line {"times": [milliseconds, ...], "memory": resident bytes}.

import json
import resource
import sys
import time

import numpy as np
import scipy
import torch
import torch.nn.functional as F
from scipy.sparse.csgraph import minimum_spanning_tree
from torch import nn
from torch.utils.data import DataLoader

SUB_BATCHES, SUB_BATCH_SIZE, TRAINING_IMAGES, CLASSES = 8, 16, 250, 10


def block(channels, out, size, padding):
    return [nn.Conv2d(channels, out, size, padding=padding), nn.BatchNorm2d(out), nn.LeakyReLU(0.1)]


def mnist_layers():
    layers = []
    for channels, out in ((1, 8), (8, 32), (32, 64), (64, 128)):
        layers += block(channels, out, 3, 1) + [nn.MaxPool2d(2)]
    return layers


def cnn13_layers():
    layers = block(3, 128, 3, 1) + block(128, 128, 3, 1) + block(128, 128, 3, 1)
    layers += [nn.MaxPool2d(2), nn.Dropout(0.5)]
    layers += block(128, 256, 3, 1) + block(256, 256, 3, 1) + block(256, 256, 3, 1)
    layers += [nn.MaxPool2d(2), nn.Dropout(0.5)]
    layers += block(256, 512, 3, 0) + block(512, 256, 1, 0) + block(256, 128, 1, 0)
    return layers + [nn.AvgPool2d(6)]


NETWORKS = {
    "SimpleCNN_MNIST": (mnist_layers, (1, 28, 28)),
    "SimpleCNN13": (cnn13_layers, (3, 32, 32)),
}


class Trainee:
    def __init__(self, network, device, layout):
        self.device = device
        self.layout = {"memory_format": layout}
        layers, shape = NETWORKS[network]
        torch.manual_seed(0)
        self.random = np.random.default_rng(0)
        self.features = nn.Sequential(*layers(), nn.Flatten()).to(device, **self.layout)
        self.classifier = nn.Linear(128, CLASSES).to(device)
        parameters = [*self.features.parameters(), *self.classifier.parameters()]
        self.optimizer = torch.optim.SGD(parameters, lr=0.01, momentum=0.9, weight_decay=1e-3)
        self.images = torch.rand(TRAINING_IMAGES, *shape).to(device, **self.layout)
        self.labels = (torch.arange(TRAINING_IMAGES) % CLASSES).to(device)
        self.test = torch.rand(10000, *shape) if network == "SimpleCNN_MNIST" else None

    def draw(self):
        """8 anchors, each with 15 further images of its class, with replacement."""
        anchors = self.random.permutation(TRAINING_IMAGES)[:SUB_BATCHES]
        rows = []
        for anchor in anchors:
            others = self.random.integers(0, TRAINING_IMAGES // CLASSES, SUB_BATCH_SIZE - 1)
            rows += [anchor, *(others * CLASSES + anchor % CLASSES)]
        return torch.tensor(np.array(rows))

    def connectivity_loss(self, features, beta):
        loss = 0.0
        for points in features.split(SUB_BATCH_SIZE):
            distances = torch.cdist(points.detach(), points.detach())
            tree = minimum_spanning_tree(distances.double().cpu().numpy()).tocoo()
            lengths = (points[tree.row] - points[tree.col]).norm(dim=1)
            loss = loss + (lengths - beta).abs().sum()
        return loss / SUB_BATCHES

    def step(self):
        start = time.perf_counter()
        rows = self.draw()
        features = self.features(self.images[rows].contiguous(**self.layout))
        loss = F.cross_entropy(self.classifier(features), self.labels[rows])
        loss = loss + 0.05 * self.connectivity_loss(features, 0.8)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        loss.item()
        if self.device != "cpu":
            torch.cuda.synchronize()
        return 1000 * (time.perf_counter() - start)

    def evaluate(self, batches):
        start = time.perf_counter()
        self.features.eval()
        with torch.no_grad():
            for images in batches:
                self.classifier(self.features(images.to(self.device, **self.layout))).argmax(1).cpu().numpy()
        self.features.train()
        return 1000 * (time.perf_counter() - start)

    def epoch(self):
        """The original's: 31 steps, then the test images in batches of 8 from a loader."""
        loader = DataLoader(self.test, batch_size=8)
        return sum(self.step() for _ in range(31)) + self.evaluate(loader)


def main():
    torch.set_num_threads(int(sys.argv[1]))
    device = sys.argv[2] if len(sys.argv) > 2 else "cpu"
    layout = torch.channels_last if "channels_last" in sys.argv else torch.contiguous_format
    versions = {
        "torch": torch.__version__,
        "torchSimd": torch.backends.cpu.get_cpu_capability(),
        "scipy": scipy.__version__,
    }
    if device != "cpu":
        if not torch.cuda.is_available():
            print(json.dumps({"error": "PyTorch finds no CUDA device"}), flush=True)
            return
        versions["backend"] = f"PyTorch {torch.__version__}, {torch.cuda.get_device_name()}"
    print(json.dumps(versions), flush=True)
    trainees = {}
    for line in sys.stdin:
        request = json.loads(line)
        network = request["network"]
        trainee = trainees.setdefault(network, None) or Trainee(network, device, layout)
        trainees[network] = trainee
        run = {
            "step": trainee.step,
            "evaluation": lambda: trainee.evaluate(trainee.test.split(500)),
            "epoch": trainee.epoch,
        }[request["operation"]]
        times = [run() for _ in range(request["count"])]
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(json.dumps({"times": times, "memory": memory}), flush=True)


main()

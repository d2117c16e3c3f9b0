"""Jupyter's own tests of a kernel, for this project's.

Left out, with the reason:
- execute_result: tslab prints the value of a cell's last expression on stdout.
- history: the kernel keeps none; front ends keep their own.
- pager: there is no help that opens a page.
- clear_output: nothing in tslab sends it; figures that change use update_display_data.
- iopub_welcome: a message of protocol 5.4, for other sockets than tslab's.
- is_complete, "invalid": tslab tells complete code from incomplete code only.
"""

import sys
import unittest

import jupyter_kernel_test


class NotebookKernelTests(jupyter_kernel_test.KernelTests):
    kernel_name = "tslab"
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = 'console.log("hello, world");'
    code_stderr = 'console.error("oops");'
    code_generate_error = 'throw new Error("on purpose");'
    code_inspect_sample = "parseInt"
    code_display_data = [
        {"code": 'require("tslab").display.html("<b>1</b>");', "mime": "text/html"},
        {"code": 'require("tslab").display.png(Buffer.from("1"));', "mime": "image/png"},
    ]
    completion_samples = [
        {"text": "Number.isSafe", "matches": {"isSafeInteger"}},
        {"text": "nothing.", "matches": set()},
    ]
    complete_code_samples = ["1", 'console.log("1");', "function one() {\n  return 1;\n}\n\n"]
    incomplete_code_samples = ["function one() {", "[1, 2,"]


if __name__ == "__main__":
    sys.exit(not unittest.main(exit=False, verbosity=2).result.wasSuccessful())

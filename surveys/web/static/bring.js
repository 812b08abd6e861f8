// A file may be dropped on the page instead of chosen. Without this script the page works the same.
const place = document.querySelector(".drop");
const input = place && place.querySelector("input[type=file]");
const name = place && place.querySelector("output");

function show() {
  name.textContent = input.files.length ? input.files[0].name : "";
}

if (input && name) {
  input.addEventListener("change", show);
  for (const kind of ["dragenter", "dragover"]) {
    place.addEventListener(kind, (event) => {
      event.preventDefault();
      place.classList.add("over");
    });
  }
  for (const kind of ["dragleave", "drop"]) place.addEventListener(kind, () => place.classList.remove("over"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
      show();
    }
  });
}

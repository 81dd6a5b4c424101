// @ts-check
/* What xterm.js needs under a policy that allows no inline style.

   It writes rules into <style> elements, and colours by `setAttribute("style")`: both are refused. Here the same is
   written by the object model, which is not: into sheets of the page, and into the `style` of the element. */

/** @returns {Document} the page's own, but for the <style> elements that it makes */
export function paper() {
  HTMLSpanElement.prototype.setAttribute = setAttribute;
  return new Proxy(document, {
    get(real, key) {
      if (key === "createElement") return made;
      const value = Reflect.get(real, key, real);
      return typeof value === "function" ? value.bind(real) : value;
    },
    set: (real, key, value) => Reflect.set(real, key, value, real),
  });
}

/** @param {string} name */
function made(name) {
  return name === "style" ? rules() : document.createElement(name);
}

/** Something that is nowhere seen, whose text is a sheet of the page. */
function rules() {
  const element = document.createElement("template");
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  Object.defineProperty(element, "textContent", {
    get: () => "",
    set: (/** @type {string} */ text) => sheet.replaceSync(text),
  });
  return element;
}

/** @this {HTMLSpanElement} @param {string} name @param {string} value */
function setAttribute(name, value) {
  if (name === "style") this.style.cssText = value;
  else Element.prototype.setAttribute.call(this, name, value);
}

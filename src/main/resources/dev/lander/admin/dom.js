/** Changing the page in place: only what differs is touched, so that nothing flickers. */

export const byId = (id) => document.getElementById(id);

/**
 * Sets the text of an element that holds nothing else. Text from the network comes in by this way alone. What the
 * reader has selected stays as it is until it is let go.
 */
export function setText(element, text) {
    const node = element.firstChild;
    if (node === null) {
        if (text !== "") {
            element.append(text);
        }
    } else if (node.data !== text && !isSelected(node)) {
        node.data = text;
    }
}

export function setAttribute(element, name, value) {
    if (value === null) {
        element.removeAttribute(name);
    } else if (element.getAttribute(name) !== value) {
        element.setAttribute(name, value);
    }
}

export function setHidden(element, hidden) {
    if (element.hidden !== hidden) {
        element.hidden = hidden;
    }
}

/** Makes these elements the parent's children in this order, moving as few as it can. Others than these must not be there. */
export function arrange(parent, elements) {
    let next = parent.firstElementChild;
    for (const element of elements) {
        if (element === next) {
            next = next.nextElementSibling;
        } else {
            parent.insertBefore(element, next);
        }
    }
    while (next !== null) {
        const surplus = next;
        next = next.nextElementSibling;
        surplus.remove();
    }
}

/** A new element with this class and these contents. */
export function element(tag, className, ...contents) {
    const made = document.createElement(tag);
    if (className !== "") {
        made.className = className;
    }
    made.append(...contents);
    return made;
}

/** What the reader has selected, or null. Kept up by hearing of it: to ask the selection each time costs a layout. */
let selected = null;

document.addEventListener("selectionchange", () => {
    const selection = document.getSelection();
    selected = selection === null || selection.isCollapsed || selection.rangeCount === 0 ? null : selection.getRangeAt(0);
});

/** Whether the reader has selected text within this node. */
export const isSelected = (node) => selected !== null && selected.intersectsNode(node);

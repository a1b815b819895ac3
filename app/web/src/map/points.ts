// Draws all songs as points with WebGL 2: one buffer of positions and one byte per song for its colour. Songs are
// sorted by plays and drawn in reverse, so that popular ones lie on top; they are also larger.
//
// A software renderer needs half a second for a million points, during which the page would ignore input. So there are
// two ways to draw: draw() shows a given number of the most popular songs at once; fill() draws all songs in parts to
// an offscreen buffer, which replaces the picture after the last part. A fill can be abandoned at any time.
import { kNone } from "./palette";
import type { View } from "./view";

const kPalette = kNone + 1;

const kVertex = `#version 300 es
layout(location = 0) in vec2 place;
layout(location = 1) in float category;
uniform vec2 scale;      // from the map to clip space
uniform vec2 shift;
uniform float size;      // of a rarely played song, in pixels
uniform float songs;
uniform float alpha;
uniform vec4 palette[${kPalette}];  // .a = 0: filtered out
out lowp vec4 colour;
out mediump float pixels;
void main() {
  vec4 mine = palette[int(category + 0.5)];
  float row = songs - 1.0 - float(gl_VertexID);
  float popular = 1.0 - log2(row + 1.0) / max(log2(songs), 1.0);
  pixels = size * (1.0 + 2.6 * popular * popular);
  gl_PointSize = pixels + 1.0;
  gl_Position = mine.a > 0.0 ? vec4(place * scale + shift, 0.0, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
  colour = vec4(mine.rgb, min(1.0, alpha * (1.0 + popular)));
}`;

// A disc with an edge one pixel soft.
const kFragment = `#version 300 es
precision mediump float;
in lowp vec4 colour;
in mediump float pixels;
out lowp vec4 result;
void main() {
  float radius = length(gl_PointCoord - 0.5) * (pixels + 1.0);
  float cover = clamp(pixels * 0.5 + 0.5 - radius, 0.0, 1.0) * colour.a;
  result = vec4(colour.rgb * cover, cover);
}`;

export interface Frame {
  scale: [number, number];
  shift: [number, number];
  size: number;
  alpha: number;
  first: number; // points to skip, the least popular
}

// The frame of a view of `n` songs. `ratio`: pixels of the screen per pixel of the page. `strength`: 1, or less to dim.
export function frameOf(view: View, n: number, ratio: number, first: number, strength = 1): Frame {
  const { unit, middle, width, height } = view;
  // Points grow with the distance between songs.
  const distance = unit * Math.sqrt(3 / Math.max(n, 1));
  return {
    scale: [(2 * unit) / width, (2 * unit) / height],
    shift: [(2 * (middle.x - view.camera.x * unit)) / width - 1, 1 - (2 * (middle.y + view.camera.y * unit)) / height],
    size: Math.min(Math.max(0.62 * distance ** 0.8, 1.1), 9) * ratio,
    alpha: Math.min(Math.max(0.3 + distance / 14, 0.36), 0.85) * strength,
    first,
  };
}

export class Points {
  private readonly uniforms = new Map<string, WebGLUniformLocation | null>();
  private readonly places: WebGLBuffer;
  private readonly categories: WebGLBuffer;
  private n = 0;
  private shown = { view: "", first: Infinity }; // the contents of the canvas
  private pending: { view: string; next: number; fence: WebGLSync | null } | null = null; // the fill in progress
  private target: { buffer: WebGLFramebuffer; colours: WebGLRenderbuffer; width: number; height: number } | null = null;

  // null if the browser has no WebGL 2.
  static on(canvas: HTMLCanvasElement): Points | null {
    const gl = canvas.getContext("webgl2", { antialias: false, alpha: true, premultipliedAlpha: true, powerPreference: "low-power" });
    if (!gl) return null;
    try {
      return new Points(gl);
    } catch {
      return null;
    }
  }

  private constructor(private readonly gl: WebGL2RenderingContext) {
    const program = gl.createProgram();
    for (const [type, source] of [[gl.VERTEX_SHADER, kVertex], [gl.FRAGMENT_SHADER, kFragment]] as const) {
      const shader = gl.createShader(type)!;
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program) ?? "no program");
    gl.useProgram(program);
    for (const name of ["scale", "shift", "size", "songs", "alpha", "palette"]) {
      this.uniforms.set(name, gl.getUniformLocation(program, name));
    }
    this.places = gl.createBuffer();
    this.categories = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, this.places);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.categories);
    gl.enableVertexAttribArray(1);
    gl.vertexAttribPointer(1, 1, gl.UNSIGNED_BYTE, false, 0, 0);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  get count() {
    return this.n;
  }
  // The number of points that the canvas does not show yet.
  get missing() {
    return Math.min(this.shown.first, this.n);
  }

  setPlaces(places: Float32Array) {
    this.n = places.length / 2;
    const backwards = new Float32Array(places.length);
    for (let i = 0, j = places.length - 2; j >= 0; i += 2, j -= 2) {
      backwards[i] = places[j];
      backwards[i + 1] = places[j + 1];
    }
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, this.places);
    this.gl.bufferData(this.gl.ARRAY_BUFFER, backwards, this.gl.STATIC_DRAW);
    this.setCategories(new Uint8Array(this.n).fill(kNone));
  }

  // Marks the contents of the canvas as outdated.
  forget() {
    this.shown = { view: "", first: Infinity };
    this.pending = null;
  }

  setCategories(of: Uint8Array) {
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, this.categories);
    this.gl.bufferData(this.gl.ARRAY_BUFFER, of.slice().reverse(), this.gl.STATIC_DRAW);
    this.forget();
  }

  // "#rrggbb" for each category; null: not drawn.
  setPalette(colours: (string | null)[]) {
    const values = new Float32Array(4 * kPalette);
    colours.forEach((colour, i) => {
      if (!colour) return;
      const hex = parseInt(colour.slice(1), 16);
      values.set([(hex >> 16) / 255, ((hex >> 8) & 255) / 255, (hex & 255) / 255, 1], 4 * i);
    });
    this.gl.uniform4fv(this.uniforms.get("palette")!, values);
    this.forget();
  }

  // Draws immediately, but only if the view has changed: pointer moves and scene animations do not redraw the points.
  draw(frame: Frame) {
    const { gl } = this;
    const view = viewOf(frame);
    if (view === this.shown.view && this.shown.first <= frame.first) return;
    this.shown = { view, first: frame.first };
    this.pending = null;
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    this.clear();
    this.points(frame, frame.first, this.n - frame.first);
  }

  // Draws the next part of all points, at most `most`, offscreen. Returns whether the canvas now shows all of them.
  fill(frame: Frame, most: number): boolean {
    const { gl } = this;
    const view = viewOf(frame);
    if (view === this.shown.view && this.shown.first === 0) return true;
    this.resize();
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.target!.buffer);
    if (this.pending?.view !== view) {
      this.pending = { view, next: 0, fence: null };
      this.clear();
    }
    const { pending } = this;
    // Wait for the previous part, because queued parts would delay the next movement.
    if (pending.fence && gl.getSyncParameter(pending.fence, gl.SYNC_STATUS) !== gl.SIGNALED) return false;
    gl.deleteSync(pending.fence);
    pending.fence = null;
    const count = Math.min(most, this.n - pending.next);
    this.points(frame, pending.next, count);
    pending.next += count;
    if (pending.next < this.n) {
      pending.fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
      gl.flush();
      return false;
    }
    const { width, height } = this.target!;
    gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, null);
    gl.blitFramebuffer(0, 0, width, height, 0, 0, width, height, gl.COLOR_BUFFER_BIT, gl.NEAREST);
    this.shown = { view, first: 0 };
    this.pending = null;
    return true;
  }

  // Makes the offscreen buffer as large as the canvas.
  private resize() {
    const { gl } = this;
    const [width, height] = [gl.drawingBufferWidth, gl.drawingBufferHeight];
    if (this.target?.width === width && this.target.height === height) return;
    const { buffer, colours } = this.target ?? { buffer: gl.createFramebuffer(), colours: gl.createRenderbuffer() };
    gl.bindRenderbuffer(gl.RENDERBUFFER, colours);
    gl.renderbufferStorage(gl.RENDERBUFFER, gl.RGBA8, width, height);
    gl.bindFramebuffer(gl.FRAMEBUFFER, buffer);
    gl.framebufferRenderbuffer(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.RENDERBUFFER, colours);
    this.target = { buffer, colours, width, height };
    this.pending = null;
  }

  private clear() {
    const { gl } = this;
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
  }

  private points(frame: Frame, first: number, count: number) {
    const { gl } = this;
    gl.uniform2f(this.uniforms.get("scale")!, ...frame.scale);
    gl.uniform2f(this.uniforms.get("shift")!, ...frame.shift);
    gl.uniform1f(this.uniforms.get("size")!, frame.size);
    gl.uniform1f(this.uniforms.get("alpha")!, frame.alpha);
    gl.uniform1f(this.uniforms.get("songs")!, this.n);
    if (count > 0) gl.drawArrays(gl.POINTS, first, count);
  }
}

const viewOf = ({ scale, shift, size, alpha }: Frame) => [...scale, ...shift, size, alpha].join();

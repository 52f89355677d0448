import type { Component } from '../component';
import { baseImage } from './base-image';
import { browser } from './browser';
import { compose } from './compose';
import { docker } from './docker';
import { dockerClient } from './docker-client';
import { images } from './images';
import { temporal } from './temporal';

/** Everything the set-up provides besides Node and its packages. What a component needs stands before it. */
export const components: readonly Component[] = [dockerClient, docker, compose, temporal, baseImage, images, browser];
